#include <ailoop/storage/csv_writer.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include "error_message.hpp"
#include <gmock/gmock.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace ailoop {
namespace {

class CsvWriterTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return m_folder.path() / "table.csv"; }
  [[nodiscard]] std::string content() const { return test::read_bytes(path()); }

  const std::vector<std::string> m_three = {"query", "x", "verdict"};
  const std::vector<std::string> m_one = {"x"};

 private:
  test::TemporaryFolder m_folder;
};

TEST_F(CsvWriterTest, WritesTheHeaderAndNumbersThatReadBack) {
  CsvWriter table(path(), m_three);
  table.row().add(std::int64_t{0}).add(0.1).add("accepted").end();
  table.row().add(1).add(-1e-300).add(std::string("rejected")).end();
  table.close();
  EXPECT_EQ(content(), "query,x,verdict\n0,0.1,accepted\n1,-1e-300,rejected\n");
}

TEST_F(CsvWriterTest, WritesTheHeaderOfAnEmptyTable) {
  CsvWriter(path(), m_three).close();
  EXPECT_EQ(content(), "query,x,verdict\n");
}

TEST_F(CsvWriterTest, QuotesAsRfc4180) {
  CsvWriter table(path(), std::vector<std::string>{"a,b", "say \"x\""});
  table.row().add("two\nlines").add("a\rb").end();
  table.row().add("plain text").add(" ").end();
  table.close();
  EXPECT_EQ(content(), "\"a,b\",\"say \"\"x\"\"\"\n\"two\nlines\",\"a\rb\"\nplain text, \n");
}

TEST_F(CsvWriterTest, TellsAnEmptyTextFromNoValue) {
  CsvWriter table(path(), m_three);
  table.row().add_empty().add("").add_empty().end();
  table.close();
  EXPECT_EQ(content(), "query,x,verdict\n,\"\",\n");
}

TEST_F(CsvWriterTest, WritesNoEmptyLine) {
  CsvWriter table(path(), m_one);
  table.row().add_empty().end();
  table.close();
  EXPECT_EQ(content(), "x\n\"\"\n");
}

TEST_F(CsvWriterTest, NamesWhatIsNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  CsvWriter table(path(), m_three);
  table.row().add(infinity).add(-infinity).add(std::numeric_limits<double>::quiet_NaN()).end();
  table.close();
  EXPECT_EQ(content(), "query,x,verdict\ninf,-inf,nan\n");
}

TEST_F(CsvWriterTest, RefusesRowsOfAnotherLengthAndDropsThem) {
  CsvWriter table(path(), m_three);
  EXPECT_THROW(table.row().add(1).add(2).end(), UsageError);
  EXPECT_THROW(table.row().add(1).add(2).add(3).add(4).end(), UsageError);
  table.row().add(1).add(2).add(3).end();
  table.close();
  EXPECT_EQ(content(), "query,x,verdict\n1,2,3\n");
}

TEST_F(CsvWriterTest, DropsARowThatIsNotEnded) {
  CsvWriter table(path(), m_three);
  {
    table.row().add(1).add(2).add(3);
  }
  table.row().add(4).add(5).add(6).end();
  table.close();
  EXPECT_EQ(content(), "query,x,verdict\n4,5,6\n");
}

TEST_F(CsvWriterTest, RefusesTwoRowsAtATime) {
  CsvWriter table(path(), m_three);
  const auto open = table.row();
  EXPECT_THROW(static_cast<void>(table.row()), UsageError);
}

TEST_F(CsvWriterTest, RefusesATableWithoutColumns) {
  EXPECT_THROW(CsvWriter(path(), std::vector<std::string>{}), UsageError);
}

TEST_F(CsvWriterTest, WritesWhatIsBufferedWhenItGoes) {
  {
    CsvWriter table(path(), m_one);
    table.row().add(1).end();
    EXPECT_EQ(content(), "");
    EXPECT_EQ(table.n_buffered(), 4U);
  }
  EXPECT_EQ(content(), "x\n1\n");
}

TEST_F(CsvWriterTest, ReportsAFullDisk) {
  CsvWriter table("/dev/full", m_three);
  EXPECT_EQ(test::input_output_message([&] { table.flush(); }),
            "/dev/full: cannot be written: No space left on device");
}

TEST_F(CsvWriterTest, ReportsAFolderThatIsMissing) {
  EXPECT_EQ(test::input_output_message([&] { CsvWriter(path() / "none", m_three).close(); }),
            (path() / "none").string() + ": cannot be opened for writing: No such file or directory");
}

}  // namespace
}  // namespace ailoop
