#include <ailoop/storage/json_lines_writer.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include "error_message.hpp"
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace ailoop {
namespace {

class JsonLinesWriterTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return m_folder.path() / "run.jsonl"; }
  [[nodiscard]] std::string content() const { return test::read_bytes(path()); }

 private:
  test::TemporaryFolder m_folder;
};

TEST_F(JsonLinesWriterTest, WritesOneObjectALine) {
  JsonLinesWriter log(path());
  log.line()
      .add("schema", 1)
      .add("t_s", 3.218)
      .add("event", "checked")
      .add("x", std::vector<double>{1.047, 2.0})
      .add("again", false)
      .add_null("truth")
      .end();
  log.line().end();
  log.close();
  EXPECT_EQ(content(),
            R"({"schema": 1, "t_s": 3.218, "event": "checked", "x": [1.047, 2], "again": false, "truth": null})"
            "\n{}\n");
}

TEST_F(JsonLinesWriterTest, ReadsBackWhateverItsValues) {
  const std::string text = "\"quoted\" \\ \n\t\x01 Grüße";
  const std::vector<double> values = {0.1, -0.0, 1e300, 5e-324};
  JsonLinesWriter log(path());
  for (std::int64_t i = 0; i < 3; ++i) {
    log.line().add("i", i).add(text, text).add("values", values).add("yes", true).end();
  }
  log.close();
  std::istringstream lines(content());
  std::string line;
  std::int64_t n = 0;
  for (; std::getline(lines, line); ++n) {
    const auto object = nlohmann::json::parse(line);
    EXPECT_EQ(object.at("i"), n);
    EXPECT_EQ(object.at(text), text);
    EXPECT_EQ(object.at("values").get<std::vector<double>>(), values);
    EXPECT_EQ(object.at("yes"), true);
  }
  EXPECT_EQ(n, 3);
}

TEST_F(JsonLinesWriterTest, IsValidForBytesThatAreNotText) {
  JsonLinesWriter log(path());
  log.line()
      .add("host",
           "n\xff"
           "1")
      .end();
  log.close();
  EXPECT_EQ(nlohmann::json::parse(content()).at("host"),
            "n\xef\xbf\xbd"
            "1");
}

TEST_F(JsonLinesWriterTest, WritesNullForWhatIsNotFinite) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  JsonLinesWriter log(path());
  log.line().add("a", nan).add("b", std::vector<double>{1.0, infinity, -infinity}).end();
  log.close();
  EXPECT_EQ(content(), "{\"a\": null, \"b\": [1, null, null]}\n");
}

TEST_F(JsonLinesWriterTest, WritesAnEmptyArray) {
  JsonLinesWriter log(path());
  log.line().add("x", std::span<const double>()).end();
  log.close();
  EXPECT_EQ(content(), "{\"x\": []}\n");
}

TEST_F(JsonLinesWriterTest, DropsALineThatIsNotEnded) {
  JsonLinesWriter log(path());
  {
    log.line().add("lost", 1);
  }
  log.line().add("kept", 2).end();
  log.close();
  EXPECT_EQ(content(), "{\"kept\": 2}\n");
}

TEST_F(JsonLinesWriterTest, ReportsAFullDisk) {
  JsonLinesWriter log("/dev/full");
  log.line().add("a", 1).end();
  EXPECT_EQ(log.n_buffered(), 9U);
  EXPECT_EQ(test::input_output_message([&] { log.close(); }), "/dev/full: cannot be written: No space left on device");
}

TEST_F(JsonLinesWriterTest, RefusesToEndALineTwice) {
  JsonLinesWriter log(path());
  auto line = log.line();
  line.end();
  EXPECT_THROW(line.end(), UsageError);
}

}  // namespace
}  // namespace ailoop
