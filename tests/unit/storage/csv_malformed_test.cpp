// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/storage/csv_reader.hpp>

#include "error_message.hpp"
#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace ailoop {
namespace {

using test::input_output_message;

struct Malformed {
  std::string name;     // of the case
  std::string text;     // of the file; the columns a and x are asked for
  std::string message;  // all of it
};

std::ostream& operator<<(std::ostream& out, const Malformed& malformed) { return out << malformed.name; }

constexpr std::string_view a_number = "; a plain decimal number is allowed";

/// A field of column x that is no number, in the third line; `found` is how the message shows it.
Malformed no_number(const std::string& name, const std::string& field, const std::string& found) {
  return {name, "a,x\n1,2\n3," + field + "\n", "FILE:3: column \"x\": " + found + std::string(a_number)};
}

std::vector<Malformed> wrong_numbers() {
  return {
      no_number("empty_field", "", "is empty"),
      no_number("quoted_empty_field", "\"\"", "is empty"),
      no_number("word", "five", "\"five\" is no number"),
      no_number("not_a_number", "nan", "\"nan\" is no number"),
      no_number("infinity", "-inf", "\"-inf\" is no number"),
      no_number("hexadecimal", "0x1p3", "\"0x1p3\" is no number"),
      no_number("leading_zero", "010", "\"010\" is no number"),
      no_number("unit", "1m", "\"1m\" is no number"),
      no_number("underscore", "1_000", "\"1_000\" is no number"),
      no_number("only_a_point", ".", "\".\" is no number"),
      no_number("two_signs", "+-1", "\"+-1\" is no number"),
      no_number("two_exponents", "1e5e5", "\"1e5e5\" is no number"),
      no_number("only_an_exponent", "e5", "\"e5\" is no number"),
      no_number("blank_inside", "1 000", "\"1 000\" is no number"),
      no_number("only_blanks", " \t ", "is empty"),
      no_number("line_break_in_quotes", "\"1\n2\"", R"("1\x0a2" is no number)"),
      no_number("quote_in_quotes", "\"1\"\"2\"", "\"1\"2\" is no number"),
      no_number("digits_of_another_script", "\xd9\xa1", "\"\xd9\xa1\" is no number"),
      no_number("long_text", std::string(1000, 'a'), "\"" + std::string(60, 'a') + "...\" is no number"),
      no_number("too_large", "1e400", "1e400 is out of the range of 64-bit numbers"),
      no_number("too_small", "-1e-400", "-1e-400 is out of the range of 64-bit numbers"),
      no_number("exponent_without_end", "1e" + std::string(100, '9'),
                "1e" + std::string(58, '9') + "... is out of the range of 64-bit numbers"),
      {"first_of_two", "x,a\n1,2\nb,c\n", "FILE:3: column \"x\": \"b\" is no number" + std::string(a_number)},
      {"line_of_the_field", "t,a,x\n0,0,0\n\"\n\",1,\"\"\"\"\n",
       "FILE:4: column \"x\": \"\"\" is no number" + std::string(a_number)},
  };
}

/// What is meant for a number, but not read as one: the message says how to write it.
std::vector<Malformed> other_ways_to_write() {
  const auto wrong = [](const std::string& name, const std::string& field, const std::string& message) {
    return Malformed{name, "a,x\n1,2\n3," + field + "\n", "FILE:3: column \"x\": " + message};
  };
  return {
      wrong("fortran_double", "  0.500000D+00",
            "\"0.500000D+00\" has Fortran's exponent D; write E, as the edit "
            "descriptor ES24.16E3 does"),
      wrong("small_fortran_double", "-.5d2",
            "\"-.5d2\" has Fortran's exponent D; write E, as the edit descriptor "
            "ES24.16E3 does"),
      wrong("fortran_exponent_without_letter", "   0.100000-108",
            "\"0.100000-108\" has Fortran's exponent without its "
            "letter; write E and three digits, as ES24.16E3 does"),
      wrong("fortran_field_too_narrow", "****",
            "\"****\" is what Fortran writes where a field is too narrow; write more "
            "digits, as ES24.16E3 does"),
      wrong("semicolon", "1;2", "\"1;2\" holds a semicolon; where that separates fields, set delimiter: semicolon"),
      wrong("decimal_comma_in_quotes", "\"-0,05\"", "\"-0,05\" has a decimal comma; write a point"),
      {"first_fortran_field_too_narrow", "a,x\n1,****\n",
       "FILE:2: column \"x\": \"****\" is what Fortran writes where a field is too narrow; write more digits, as "
       "ES24.16E3 does"},
      {"row_of_units", "a,x\ns,m\n1,2\n",
       "FILE:2: column \"a\": \"s\" is no number" + std::string(a_number) + "; a row of units is not"},
  };
}

std::vector<Malformed> wrong_tables() {
  return {
      {"empty", "", "FILE: is empty; a line with the names of the columns is needed"},
      {"only_a_byte_order_mark", "\xef\xbb\xbf", "FILE: is empty; a line with the names of the columns is needed"},
      {"only_a_line_end", "\n", "FILE: is empty; a line with the names of the columns is needed"},
      {"no_header", "1,2\n3,4\n",
       "FILE:1: has no column \"a\"; it has \"1\", \"2\"; the first line must name the columns"},
      {"a_column_missing", "x,b\n1,2\n", "FILE:1: has no column \"a\"; it has \"x\", \"b\""},
      {"other_case", "a,X\n1,2\n", "FILE:1: has no column \"x\"; it has \"a\", \"X\""},
      {"semicolons", "a;x\n1;2\n",
       "FILE:1: has no column \"a\"; it has \"a;x\"; where that is several names, set delimiter: semicolon"},
      {"blanks", "# a x\n1 2\n",
       "FILE:1: has no column \"a\"; it has \"a x\"; where that is several names, set delimiter: blank"},
      {"many_columns", "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20\n",
       R"(FILE:1: has no column "a"; it has "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", )"
       R"("14", "15", "16", "17", "18", "19", ...; the first line must name the columns)"},
      {"chosen_column_twice", "a,x,a\n1,2,3\n", "FILE:1: column \"a\": occurs twice; every name is allowed once"},
      {"other_column_twice", "a,b,x,\"b\"\n1,2,3,4\n",
       "FILE:1: column \"b\": occurs twice; every name is allowed once"},
      {"nameless_column_twice", "a,,x,\n1,2,3,4\n", "FILE:1: column \"\": occurs twice; every name is allowed once"},
      {"row_too_short", "a,x\n1,2\n3\n", "FILE:3: has 1 field; 2 are allowed, as in the header"},
      {"row_too_long", "a,x\n1,2,3\n",
       "FILE:2: has 3 fields; 2 are allowed, as in the header (a decimal comma? numbers have a point)"},
      {"comma_at_the_end_of_a_later_row", "a,x\n1,2\n1,2,\n",
       "FILE:3: has 3 fields; 2 are allowed, as in the header (a decimal comma? numbers have a point)"},
      {"no_comma_at_the_end_of_a_later_row", "a,x\n1,2,\n1,2\n",
       "FILE:3: has 2 fields; 3 are allowed, as in the rows before"},
      {"value_behind_a_comma_at_the_end", "a,x\n1,2,\n1,2,3\n",
       "FILE:3: has a number behind its last column (a decimal comma?)"},
      {"decimal_commas_below_a_comma_at_the_end", "a,x,\n1,0,5\n",
       "FILE:2: has a number behind its last column (a decimal comma?)"},
      {"two_commas_at_the_end", "a,x\n1,2,,\n",
       "FILE:2: has 4 fields; 2 are allowed, as in the header (a decimal comma? numbers have a point)"},
      {"empty_line", "a,x\n1,2\n\n3,4\n", "FILE:3: has 1 field; 2 are allowed, as in the header"},
      {"quote_inside_a_field", "a,x\n1,2\"\n",
       "FILE:2: a quote inside the field \"2\"; a field that holds one must be quoted, and the quote doubled"},
      {"text_behind_a_quote", "a,x\n1,\"2\"3\n",
       "FILE:2: text behind a closing quote; a comma or the end of the line is allowed (a quote inside a quoted field "
       "is doubled)"},
      {"quote_without_end", "a,x\n1,\"2\n3,4\n",
       "FILE:2: a quoted field begins and does not end; a closing quote is needed"},
      {"quote_at_the_end", "a,x\n1,\"", "FILE:2: a quoted field begins and does not end; a closing quote is needed"},
      {"doubled_quote_without_end", "a,\"x\"\"",
       "FILE:1: a quoted field begins and does not end; a closing quote is needed"},
      {"returns_only", "a,x\r1,2\r", "FILE:1: a carriage return without a line feed; lines end with LF or CRLF"},
      {"return_behind_a_quote", "a,\"x\"\r1,2\n",
       "FILE:1: text behind a closing quote; a comma or the end of the line is allowed (a quote inside a quoted field "
       "is doubled)"},
      {"nul", std::string("a,x\n1,2\n3,\0\n", 12), "FILE:3: has a NUL byte; text in UTF-8 is allowed"},
      {"nul_in_a_column_that_is_not_read", std::string("t,a,x\n\0,1,2\n", 12),
       "FILE:2: has a NUL byte; text in UTF-8 is allowed"},
      {"latin_1", "t,a,x\n\xe4,1,2\n", "FILE:2: has bytes that are not UTF-8; text in UTF-8 is allowed"},
      {"utf_16",
       "\xff\xfe"
       "a",
       "FILE:1: has bytes that are not UTF-8; text in UTF-8 is allowed"},
      {"cut_utf_8", "a,x,\xc3", "FILE:1: has bytes that are not UTF-8; text in UTF-8 is allowed"},
  };
}

class MalformedCsv : public ::testing::TestWithParam<Malformed> {};

TEST_P(MalformedCsv, IsRefused) {
  const std::vector<std::string> wanted = {"a", "x"};
  EXPECT_EQ(input_output_message([&] { static_cast<void>(parse_csv(GetParam().text, "FILE", wanted)); }),
            GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(Numbers, MalformedCsv, ::testing::ValuesIn(wrong_numbers()),
                         [](const auto& instance) { return instance.param.name; });
INSTANTIATE_TEST_SUITE_P(OtherWays, MalformedCsv, ::testing::ValuesIn(other_ways_to_write()),
                         [](const auto& instance) { return instance.param.name; });
INSTANTIATE_TEST_SUITE_P(Tables, MalformedCsv, ::testing::ValuesIn(wrong_tables()),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace ailoop
