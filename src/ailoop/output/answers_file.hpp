// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/run_observer.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/storage/append_file.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace ailoop {

/// Writes answers.csv: a row for each answered query. Nothing in it depends on the number of ranks or on time.
class AnswersFile final : public RunObserver {
 public:
  /// \param[in] start `keep` if `state` will tell where the file goes on
  AnswersFile(const std::filesystem::path& path, const Facts& facts, FileStart start = FileStart::empty);

  void checked(const QueryTable& table, const Tally& tally) override;
  void ended(const Outcome& outcome) override;
  void state(StateArchive& archive) override;
  void resumed() override { m_table.cut(m_length); }

 private:
  std::int64_t m_dimension, m_outputs;
  AppendFile m_table;
  std::string m_line;
  std::int64_t m_length = 0;  // at the last checkpoint [bytes]
};

}  // namespace ailoop
