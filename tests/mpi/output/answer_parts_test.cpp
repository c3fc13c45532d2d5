// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/output/answer_parts.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/roles.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/test/safetensors_files.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

namespace ailoop {
namespace {

namespace fs = std::filesystem;

class AnswerPartsTest : public ::testing::Test {
 protected:
  AnswerPartsTest() {
    std::string shared = m_own.path().string();
    broadcast(m_comm, shared, 0);
    m_folder = fs::path(shared) / "answers";
    m_facts.lower = {0.0, 0.0};
    m_facts.upper = {1.0, 1.0};
    m_facts.outputs = 1;
    m_facts.dimension = 2;
  }

  /// Each rank answers its block of a batch; every 1,000th query has none, every 7th one of the truth.
  void answer(AnswerParts& parts, IndexRange batch) const {
    const IndexRange block = block_of(batch.size(), m_comm.size(), m_comm.rank());
    const IndexRange mine{batch.first + block.first, batch.first + block.last};
    const AnswerColumns to = parts.room(mine);
    for (std::int64_t query = mine.first; query < mine.last; ++query) {
      const auto i = static_cast<std::size_t>(query - to.first);
      to.x.data[2 * i] = static_cast<double>(query);
      to.x.data[2 * i + 1] = 0.5;
      to.y.data[i] = query % 1000 == 0 ? NAN : 3.0 * static_cast<double>(query);
      to.answered_by[i] = answered_by(query);
    }
  }

  static AnsweredBy answered_by(std::int64_t query) {
    return query % 1000 == 0 ? AnsweredBy::nobody : query % 7 == 0 ? AnsweredBy::truth : AnsweredBy::surrogate;
  }

  void expect_part(std::int64_t part, std::int64_t n) const {
    const SafetensorsFile file = read_safetensors(m_folder / ("00000" + std::to_string(part) + ".safetensors"));
    const std::int64_t first = part * AnswerParts::part_size;
    EXPECT_EQ(file.metadata_value("first_query"), std::to_string(first));
    const std::vector<std::int64_t> points = {n, 2};
    const std::vector<std::int64_t> values = {n, 1};
    const std::vector<std::int64_t> codes = {n};
    const auto x = file.values<double>("x", points);
    const auto y = file.values<double>("answer", values);
    const auto by = file.values<std::uint8_t>("answered_by", codes);
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const std::int64_t query = first + i;
      const double expected = 3.0 * static_cast<double>(query);
      const bool is_right = x[2 * at] == static_cast<double>(query) && x[2 * at + 1] == 0.5 &&
                            by[at] == static_cast<std::uint8_t>(answered_by(query)) &&
                            (query % 1000 == 0 ? std::isnan(y[at]) : y[at] == expected);
      wrong += is_right ? 0 : 1;
    }
    EXPECT_EQ(wrong, 0);
  }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(m_folder)) {
      found.push_back(entry.path().filename().string());
    }
    std::ranges::sort(found);
    return found;
  }

  static constexpr std::int64_t batch_size = 300'001;

  const Communicator m_comm{MPI_COMM_WORLD};
  test::TemporaryFolder m_own;
  fs::path m_folder;
  Facts m_facts;
};

TEST_F(AnswerPartsTest, HoldAllAnswersOfAllRanksWhicheverBatchTheyCameIn) {
  AnswerParts parts(m_comm, m_folder, m_facts);
  std::int64_t last = 0;
  for (int batch = 0; batch < 8; ++batch) {
    answer(parts, {last, last + batch_size});
    last += batch_size;
    parts.completed(last, batch == 7);
    EXPECT_EQ(parts.written(), last / AnswerParts::part_size * AnswerParts::part_size);
  }
  if (m_comm.rank() == 0) {
    EXPECT_THAT(names(), ::testing::ElementsAre("000000.safetensors", "000001.safetensors", "000002.safetensors"));
    expect_part(0, AnswerParts::part_size);
    expect_part(1, AnswerParts::part_size);
    expect_part(2, last - 2 * AnswerParts::part_size);
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST_F(AnswerPartsTest, GoOnFromWhatWasPacked) {
  AnswerParts first(m_comm, m_folder, m_facts);
  std::int64_t last = 0;
  for (int batch = 0; batch < 4; ++batch, last += batch_size) {
    answer(first, {last, last + batch_size});
    first.completed(last + batch_size, false);
  }
  first.completed(last, true);
  const std::vector<double> all = gathered(m_comm, first.packed(last), 0);

  AnswerParts second(m_comm, m_folder, m_facts);
  second.replace(first.written(), all);  // on rank 0, where they are gathered
  for (int batch = 4; batch < 6; ++batch, last += batch_size) {
    answer(second, {last, last + batch_size});
  }
  second.completed(last, true);
  if (m_comm.rank() == 0) {
    expect_part(0, AnswerParts::part_size);
    expect_part(1, last - AnswerParts::part_size);
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST_F(AnswerPartsTest, FailOnAllRanksWhereTheyCannotBeWritten) {
  m_folder = m_folder.parent_path() / "file" / "answers";
  if (m_comm.rank() == 0) {
    test::write_bytes(m_folder.parent_path(), "in the way");
  }
  MPI_Barrier(MPI_COMM_WORLD);
  AnswerParts parts(m_comm, m_folder, m_facts);
  answer(parts, {0, 100});
  EXPECT_THROW(parts.completed(100, true), AgreedError);
}

TEST_F(AnswerPartsTest, RefuseAQueryThatHasNoAnswer) {
  AnswerParts parts(m_comm, m_folder, m_facts);
  answer(parts, {0, 100});
  static_cast<void>(parts.room({100, 101}));
  EXPECT_THROW(parts.completed(101, true), AgreedError);
  MPI_Barrier(MPI_COMM_WORLD);
  if (m_comm.rank() == 0) {
    EXPECT_THAT(names(), ::testing::Not(::testing::Contains("000000.safetensors")));
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

}  // namespace
}  // namespace ailoop
