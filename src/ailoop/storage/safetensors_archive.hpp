// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/storage/archive.hpp>
#include <ailoop/storage/safetensors.hpp>

namespace ailoop {

/// Collects what is shown as tensors of a file.
class SafetensorsWriter final : public StateArchive {
 public:
  /// \param[in,out] file gets the tensors; must outlive the archive
  explicit SafetensorsWriter(SafetensorsFile& file) : m_file(file) {}

  void tensor(std::string_view name, std::span<const std::int64_t> shape, const ArchiveValues& values) override;
  void list(std::string_view name, const ArchiveList& values) override;

 private:
  SafetensorsFile& m_file;
};

/// Fills what is shown from the tensors of a file, bit by bit.
/// Every function throws InputOutputError if there is no such tensor, or its type or shape is another.
class SafetensorsReader final : public StateArchive {
 public:
  /// \param[in] file must outlive the archive
  explicit SafetensorsReader(const SafetensorsFile& file) : m_file(file) {}

  void tensor(std::string_view name, std::span<const std::int64_t> shape, const ArchiveValues& values) override;
  void list(std::string_view name, const ArchiveList& values) override;

 private:
  const SafetensorsFile& m_file;
};

}  // namespace ailoop
