// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/csv_reader.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/number_text.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include "error_message.hpp"
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace ailoop {
namespace {

using test::input_output_message;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Names = std::vector<std::string>;

CsvTable parse(std::string_view text, const Names& columns) { return parse_csv(text, "FILE", columns); }

TEST(CsvReader, ReadsTheChosenColumnsInTheOrderAskedFor) {
  const CsvTable table = parse("a,b,c\n1,2,3\n4,5,6\n", {"c", "a"});
  EXPECT_EQ(table.source, "FILE");
  EXPECT_THAT(table.columns, ElementsAre("c", "a"));
  EXPECT_EQ(table.rows, 2);
  EXPECT_THAT(table.values, ElementsAre(3.0, 1.0, 6.0, 4.0));
}

TEST(CsvReader, SaysWhichColumnIsMissingAndWhichAreThere) {
  const Names wanted = {"a", "b", "x"};
  try {
    static_cast<void>(parse_csv("x,y,a\n1,2,3\n", "FILE", wanted));
    FAIL() << "a column is made up";
  } catch (const MissingColumn& error) {
    EXPECT_EQ(error.index(), 1U);
    EXPECT_THAT(error.present(), ElementsAre("x", "y", "a"));
  }
}

TEST(CsvReader, LeavesOtherColumnsAlone) {
  const CsvTable table = parse("query,x,truth,verdict\n0,0.5,,accepted\n1,-2,nan,\"a,\nb\"\n", {"x"});
  EXPECT_THAT(table.values, ElementsAre(0.5, -2.0));
}

TEST(CsvReader, ReadsEveryFormOfANumber) {
  const CsvTable table = parse("x\n0\n-0\n1.5e-3\n2E+2\n\"7\"\n5e-324\n1.7976931348623157e308\n", {"x"});
  EXPECT_THAT(table.values, ElementsAre(0.0, 0.0, 1.5e-3, 200.0, 7.0, std::numeric_limits<double>::denorm_min(),
                                        std::numeric_limits<double>::max()));
  EXPECT_TRUE(std::signbit(table.values[1]));
}

TEST(CsvReader, ReadsWhatProgramsOfThisFieldWrite) {
  // gfortran: list-directed, F12.5, F0.5, E15.6, ES23.16E3, G0 with a comma behind each, SP, F0.0
  EXPECT_THAT(parse(" x,y\n  0.50000000000000000      ,  -1.2500000000000000     \n", {"x", "y"}).values,
              ElementsAre(0.5, -1.25));
  EXPECT_THAT(parse("x,y\n     0.50000,    -1.25000\n", {"x", "y"}).values, ElementsAre(0.5, -1.25));
  EXPECT_THAT(parse("x,y\n.50000,-1.25000\n", {"x", "y"}).values, ElementsAre(0.5, -1.25));
  EXPECT_THAT(parse("x,y\n   0.500000E+00,  -0.125000E+01\n", {"x", "y"}).values, ElementsAre(0.5, -1.25));
  EXPECT_THAT(parse("x,y\n5.0000000000000000E-001,9.9999999999999999E-110\n", {"x", "y"}).values,
              ElementsAre(0.5, 1e-109));
  EXPECT_THAT(parse("x,y\n0.50000000000000000,-1.2500000000000000,\n2.0,3.0,\n", {"y", "x"}).values,
              ElementsAre(-1.25, 0.5, 3.0, 2.0));
  EXPECT_THAT(parse("x,y\n+.500,-1.250\n", {"x", "y"}).values, ElementsAre(0.5, -1.25));
  EXPECT_THAT(parse("x,y\n0.,-1.\n", {"x", "y"}).values, ElementsAre(0.0, -1.0));
  // numpy.savetxt with a header; spreadsheets; editors
  EXPECT_THAT(parse("# x,y\n5.000000000000000000e-01,1.000000000000000000e+00\n", {"x", "y"}).values,
              ElementsAre(0.5, 1.0));
  EXPECT_THAT(parse("\xef\xbb\xbf#x\r\n1\r\n\r\n \r\n", {"x"}).values, ElementsAre(1.0));
  EXPECT_THAT(parse("\"x\" , \"y\"\n1 ,\" 2\"\t\n\n", {"x", "y"}).values, ElementsAre(1.0, 2.0));
}

TEST(CsvReader, SeparatesFieldsByTheDelimiterThatIsAskedFor) {
  const auto values = [](std::string_view text, CsvDelimiter delimiter) {
    return parse_csv(text, "FILE", Names{"x", "y"}, delimiter).values;
  };
  EXPECT_THAT(values("x;text;y\n1;a,b;2\n", CsvDelimiter::semicolon), ElementsAre(1.0, 2.0));
  EXPECT_THAT(values("x\ty\ttext\n1\t2\t\n 3 \t 4\t\n", CsvDelimiter::tab), ElementsAre(1.0, 2.0, 3.0, 4.0));
  EXPECT_THAT(values("# x y\n5.0e-01 1.0e+00\n", CsvDelimiter::blank), ElementsAre(0.5, 1.0));
  EXPECT_THAT(values(" x  y\n  0.5       -1.25     \r\n\t1.\t \"2\" \n  \n", CsvDelimiter::blank),
              ElementsAre(0.5, -1.25, 1.0, 2.0));
  EXPECT_EQ(input_output_message([&] { static_cast<void>(values("x y\n1 2\n\n3 4\n", CsvDelimiter::blank)); }),
            "FILE:3: has 1 field; 2 are allowed, as in the header");
  EXPECT_EQ(input_output_message([&] { static_cast<void>(values("x y\n\"1\"2\n", CsvDelimiter::blank)); }),
            "FILE:2: text behind a closing quote; a blank or the end of the line is allowed (a quote inside a quoted "
            "field is doubled)");
  EXPECT_EQ(input_output_message([&] { static_cast<void>(values("x;y\n0,5;1\n", CsvDelimiter::semicolon)); }),
            "FILE:2: column \"x\": \"0,5\" has a decimal comma; write a point");
}

TEST(CsvReader, TakesBothLineEndsAndAMissingOne) {
  EXPECT_THAT(parse("a,x\r\n1,2\r\n3,4\r\n", {"x"}).values, ElementsAre(2.0, 4.0));
  EXPECT_THAT(parse("a,x\r\n1,2\n3,4", {"x"}).values, ElementsAre(2.0, 4.0));
  EXPECT_THAT(parse("x,a\n1,", {"x"}).values, ElementsAre(1.0));
  EXPECT_THAT(parse("x\n\"1\"", {"x"}).values, ElementsAre(1.0));
}

TEST(CsvReader, ReadsQuotedFieldsAsRfc4180) {
  const std::string header = "\"a,b\",\"say \"\"x\"\"\",\"\",\"two\r\nlines\"\n";
  EXPECT_THAT(parse(header + "1,2,3,4\n", {"two\r\nlines", "say \"x\"", "a,b", ""}).values,
              ElementsAre(4.0, 2.0, 1.0, 3.0));
}

TEST(CsvReader, TellsTheLineInWhichEachRowBegins) {
  EXPECT_THAT(parse("\"a\nb\",x\n\"1\n\n2\",3\n4,5\r\n\"\",6", {"x"}).lines, ElementsAre(3, 6, 7));
}

TEST(CsvReader, SkipsAByteOrderMarkAtTheStartOnly) {
  EXPECT_THAT(parse("\xef\xbb\xbfx\n1\n", {"x"}).values, ElementsAre(1.0));
  EXPECT_THAT(parse("\xef\xbb\xbf\"x\"\n1\n", {"x"}).values, ElementsAre(1.0));
  EXPECT_EQ(input_output_message([] { static_cast<void>(parse("\xef\xbb\xbf\xef\xbb\xbfx\n1\n", {"x"})); }),
            "FILE:1: has no column \"x\"; it has \"<U+FEFF>x\"");
}

TEST(CsvReader, ReadsATableWithoutRows) {
  for (const char* text : {"x,y", "x,y\n", "x,y\r\n"}) {
    const CsvTable table = parse(text, {"y"});
    EXPECT_EQ(table.rows, 0);
    EXPECT_THAT(table.values, IsEmpty());
  }
}

TEST(CsvReader, RefusesAQuestionThatIsWrongItself) {
  EXPECT_THROW(static_cast<void>(parse("x\n1\n", {})), UsageError);
  EXPECT_THROW(static_cast<void>(parse("x\n1\n", {"x", "x"})), UsageError);
}

TEST(CsvReader, ReadsAFileWithQuotedFields) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "table.csv";
  const double third = 1.0 / 3.0;
  test::write_bytes(
      path, "\"say \"\"x\"\",\ny\",x,verdict\n\"a\r\"\"b\"\"\"," + number_text(third) + ",\n\"\",-1e-300,nan\n");
  const CsvTable table = read_csv(path, Names{"x"}, 1000);
  EXPECT_EQ(table.source, path.string());
  EXPECT_THAT(table.values, ElementsAre(third, -1e-300));
  EXPECT_THAT(read_csv(path, Names{"x"}, test::read_bytes(path).size()).lines, ElementsAre(3, 4));
}

TEST(CsvReader, RefusesAFileBeyondItsLimit) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "table.csv";
  test::write_bytes(path, "x\n1\n");
  EXPECT_EQ(input_output_message([&] { static_cast<void>(read_csv(path, Names{"x"}, 3)); }),
            path.string() + ": has 4 bytes; at most 3 are allowed");
}

TEST(CsvReader, RefusesWhatIsNoFile) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(input_output_message([&] { static_cast<void>(read_csv(folder.path(), Names{"x"}, 1000)); }),
            folder.path().string() + ": is a directory; a regular file is allowed");
}

}  // namespace
}  // namespace ailoop
