// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/loop/saved_state.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ailoop {

/// What a checkpoint says of the run that it belongs to, e.g. the value of each setting.
using CheckpointFacts = std::map<std::string, std::string>;

/// A checkpoint that is whole.
struct Checkpoint {
  SavedState state;
  CheckpointFacts facts;
};

/// What a folder holds.
struct FoundCheckpoints {
  std::optional<Checkpoint> newest;   ///< that is whole
  std::vector<std::string> unusable;  ///< why newer ones could not be used
};

/// The folder with the checkpoints of one run: NNNNNN.safetensors, numbered in their order. Each holds its own
/// checksum, comes into being as a whole, and is on the disk before the one before the last is removed: whenever the
/// program ends, by whatever, a usable one is there if there ever was.
class CheckpointFolder {
 public:
  explicit CheckpointFolder(std::filesystem::path path) : m_path(std::move(path)) {}

  /// Bytes of the copies of a state of so many bytes that `write` and its caller have at once: its tensors as they were
  /// given, in the order of the file, and the file.
  [[nodiscard]] static double bytes(double state) { return 3.0 * state; }

  /// Writes the next checkpoint.
  /// \throws InputOutputError if it cannot be written; the earlier ones are as they were
  void write(const CheckpointFacts& facts, const SavedState& state);

  /// Reads the newest checkpoint that is whole; later ones are counted on from it.
  /// \throws ConfigurationError if it is of another version of this format
  /// \throws InputOutputError   if the folder or a checkpoint cannot be read: it may still be whole
  [[nodiscard]] FoundCheckpoints find();

 private:
  [[nodiscard]] std::filesystem::path file(std::int64_t number) const;
  /// Numbers of the files that are there, ascending.
  [[nodiscard]] std::vector<std::int64_t> numbers() const;

  std::filesystem::path m_path;
  std::int64_t m_last = 0;  // number of the last one
};

}  // namespace ailoop
