// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/visitor.hpp>
#include <ailoop/emulator/loop.hpp>
#include <ailoop/problem/problem.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace ailoop {

/// Which checks run.jsonl holds; `automatic` decides by the size that is to be expected.
enum class RecordedChecks { automatic, all, not_accepted, none };

/// In which form answers are written; `automatic` decides likewise.
enum class AnswersFormat { automatic, csv, safetensors, none };

/// As the configuration names them.
[[nodiscard]] std::string to_string(RecordedChecks checks);
[[nodiscard]] std::string to_string(AnswersFormat format);

/// What a run writes of its checks and answers.
struct Recording {
  RecordedChecks checks = RecordedChecks::all;
  AnswersFormat answers = AnswersFormat::csv;

  /// What the loop must keep for it.
  [[nodiscard]] KeptChecks kept() const;
  friend bool operator==(const Recording&, const Recording&) = default;
};

void describe(Visitor& v, Recording& recording);

/// What the disk of a folder, which need not be there yet, has left for this user [B]; nothing where that is not known.
[[nodiscard]] std::optional<double> available_bytes(const std::filesystem::path& folder);

/// Whether a run with so many answers has room for them and their checks on the disk of `folder`.
/// \param[in] available [B] on that disk
/// \return what is to be said where there may not be room enough, as for text; empty where there is
/// \throws ConfigurationError where there certainly is not, as for columns
[[nodiscard]] std::string room_warning(const Recording& recording, const Facts& facts, std::int64_t answers,
                                       double available, const std::filesystem::path& folder);

/// What was asked for, with `automatic` decided: all and csv while both take less than 1 GB, else not_accepted and
/// safetensors.
[[nodiscard]] Recording decided(const Recording& wanted, const Facts& facts, std::int64_t answers);

}  // namespace ailoop
