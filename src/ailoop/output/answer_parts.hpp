// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/answer_store.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/problem/problem.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

namespace ailoop {

/// Writes answers as columns: FOLDER/NNNNNN.safetensors holds those to queries N 2^20 ... (N + 1) 2^20 - 1, each rank
/// writing its rows by MPI-IO. A part is there as a whole or not at all; only the last one is shorter. Tensors of a
/// part of n queries: `x` (n, dimension) and `answer` (n, outputs) as F64, `answered_by` (n) as U8: 0 nobody (the
/// answer is NaN), 1 surrogate, 2 truth.
class AnswerParts final : public AnswerStore {
 public:
  static constexpr std::int64_t part_size = std::int64_t{1} << 20;

  /// Bytes of so many answers that are kept.
  [[nodiscard]] static double bytes(std::int64_t queries, const Facts& facts) {
    return static_cast<double>(queries) * (1.0 + sizeof(double) * static_cast<double>(facts.dimension + facts.outputs));
  }
  /// Bytes of the same in a checkpoint.
  [[nodiscard]] static double packed_bytes(std::int64_t queries, const Facts& facts) {
    return static_cast<double>(queries) * sizeof(double) * static_cast<double>(2 + facts.dimension + facts.outputs);
  }

  /// \param[in] comm   the ranks that ask; must outlive this, as must `facts`
  /// \param[in] folder made when the first part is written
  AnswerParts(const Communicator& comm, std::filesystem::path folder, const Facts& facts)
      : m_comm(comm), m_folder(std::move(folder)), m_facts(facts) {}

  [[nodiscard]] AnswerColumns room(IndexRange queries) override;
  void completed(std::int64_t count, bool is_end) override;
  [[nodiscard]] std::vector<double> packed(std::int64_t asked) const override;
  void replace(std::int64_t written, std::span<const double> rows) override;
  [[nodiscard]] std::int64_t written() const override { return m_written; }

 private:
  struct Columns {
    IndexRange queries;
    std::vector<double> x, y;
    std::vector<AnsweredBy> answered_by;
  };
  /// Calls visit(columns, queries) for each range of answers among some queries that are here.
  template <class Visit>
  void each_range(IndexRange queries, const Visit& visit) const;
  void write_part(IndexRange queries);
  /// \return rows that were written here
  template <class File>
  [[nodiscard]] std::int64_t write_rows(File& shared, IndexRange queries) const;

  const Communicator& m_comm;
  std::filesystem::path m_folder;
  const Facts& m_facts;
  std::int64_t m_written = 0;  // queries in whole parts
  std::vector<Columns> m_columns;
};

}  // namespace ailoop
