// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A file of queries.
#include <ailoop/core/error.hpp>
#include <ailoop/core/number_text.hpp>
#include <ailoop/storage/csv_reader.hpp>

#include "fuzz_target.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace ailoop::test {
namespace {

/// The table as the text that is simplest to read.
std::string as_csv(const CsvTable& table) {
  std::string text;
  for (const std::string& name : table.columns) text += (text.empty() ? "" : ",") + name;
  for (std::size_t i = 0; i < table.values.size(); ++i) {
    text += i % table.columns.size() == 0 ? '\n' : ',';
    append_number(text, table.values[i]);
  }
  return text;
}

void check(std::string_view text, const std::vector<std::string>& columns, CsvDelimiter delimiter) {
  CsvTable table;
  try {
    table = parse_csv(text, "FILE", columns, delimiter);
  } catch (const InputOutputError& error) {
    require_good_message(error.what(), "FILE:");
    return;
  }
  require(table.values.size() == static_cast<std::size_t>(table.rows) * columns.size(), "no value is missing");
  require(std::ranges::all_of(table.values, [](double value) { return std::isfinite(value); }),
          "every value is finite");
  require(std::ranges::is_sorted(table.lines, std::ranges::less_equal()), "every row begins in a later line");
  const CsvTable again = parse_csv(as_csv(table), "AGAIN", columns);
  require(again.values == table.values, "values read back from their text are the same");
}

}  // namespace

void run_target(std::string_view input) {
  for (const CsvDelimiter delimiter :
       {CsvDelimiter::comma, CsvDelimiter::semicolon, CsvDelimiter::tab, CsvDelimiter::blank}) {
    check(input, {"x"}, delimiter);
    check(input, {"x_1", "x_0"}, delimiter);
  }
}

}  // namespace ailoop::test
