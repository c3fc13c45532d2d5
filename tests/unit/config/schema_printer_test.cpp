// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/schema_printer.hpp>

#include "sample_settings.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ailoop::test {
namespace {

using ::testing::HasSubstr;

// What a schema accepts and refuses is tested with a checker of schemas, in tests/bad_input.

std::string without_spaces(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

/// The schema, and what is expected in it, without spaces.
std::string schema_of_sample() { return without_spaces(print_schema("a title", SampleSettings{})); }
auto has_json(const std::string& text) { return HasSubstr(without_spaces(text)); }

TEST(SchemaPrinter, NamesItsDialectAndTitle) {
  EXPECT_THAT(schema_of_sample(),
              has_json(R"({"$schema": "https://json-schema.org/draft/2020-12/schema","title": "a title",)"));
}

TEST(SchemaPrinter, TellsTypeRangeDefaultAndMeaningOfASetting) {
  const std::string schema = schema_of_sample();
  EXPECT_THAT(schema, has_json(R"("learning_rate": {"description": "step size of Adam [1]","type": "number",)"
                               R"("exclusiveMinimum": 0.0,"maximum": 1.7976931348623157e+308,"default": 0.01,)"
                               R"("x-affects": "result"})"));
  EXPECT_THAT(schema, has_json(R"("type": "integer","minimum": 1,"maximum": 1000000,"default": 1,)"));
  EXPECT_THAT(schema, has_json(R"("type": "integer","minimum": 0,"maximum": 18446744073709551615,"default": 42,)"));
  EXPECT_THAT(schema, has_json(R"("type": "boolean","default": true,)"));
  EXPECT_THAT(schema, has_json(R"("enum": ["difference","certified"],"enumDescriptions": ["compares the two",)"
                               R"("uses the bound as well"],"default": "difference",)"));
}

TEST(SchemaPrinter, GivesNoDefaultToWhatHasNoneButTakesNull) {
  EXPECT_THAT(schema_of_sample(),
              has_json(R"("total": {"description": "samples in all [1]","type": ["integer","null"],"minimum": 1,)"
                       R"("maximum": 1000000000,"x-affects": "result"})"));
}

TEST(SchemaPrinter, TellsTheElementsOfAListAndHowManyThereMayBe) {
  const std::string schema = schema_of_sample();
  EXPECT_THAT(schema, has_json(R"("layers": {"description": "widths of the layers [1]","type": "array",)"
                               R"("items": {"type": "integer","minimum": 1,"maximum": 64},"minItems": 1,"maxItems": 3,)"
                               R"("default": [8,4],"x-affects": "result"})"));
  EXPECT_THAT(schema, has_json(R"("files": {"description": "files to read","type": ["array","null"],)"
                               R"("items": {"type": "string","format": "path","minLength": 1,)"));
}

TEST(SchemaPrinter, TakesANumberForAListOfOne) {
  EXPECT_THAT(schema_of_sample(),
              has_json(R"("type": ["number","array"],"exclusiveMinimum": 0.0,"maximum": 1.7976931348623157e+308,)"
                       R"("items": {"type": "number","exclusiveMinimum": 0.0,"maximum": 1.7976931348623157e+308},)"
                       R"("minItems": 1,"maxItems": 1000,"default": 0.05,"x-affects": "result"})"));
}

TEST(SchemaPrinter, ClosesEverySectionAndRequiresWhatHasNoDefault) {
  const std::string schema = schema_of_sample();
  EXPECT_THAT(schema, has_json(R"("additionalProperties": false,"required": ["schema","problem"]})"));
  EXPECT_THAT(schema, has_json(R"("allOf": [{"not": {"required": ["per_rank","total"]}}])"));
}

TEST(SchemaPrinter, PutsTheSettingsOfAKindUnderItsName) {
  const std::string schema = schema_of_sample();
  EXPECT_THAT(schema, has_json(R"({"if": {"properties": {"name": {"const": "sine"}},"required": ["name"]},)"
                               R"("then": {"properties": {"terms": {)"));
  EXPECT_THAT(schema, has_json(R"("amplitude": false,"medium": false}}})"));
  EXPECT_THAT(schema, has_json(R"({"if": {"properties": {"kind": {"const": "sine"}}},"then")"))
      << "without the key the default kind is meant";
}

}  // namespace
}  // namespace ailoop::test
