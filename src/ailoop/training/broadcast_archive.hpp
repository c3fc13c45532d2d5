// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/parallel/communicator.hpp>
#include <ailoop/storage/archive.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace ailoop {

/// Gives every rank the arrays of one. Collective: each rank shows arrays of the same lengths, in the same order.
class BroadcastArchive final : public Archive {
 public:
  /// \param[in] comm must outlive the archive
  BroadcastArchive(const Communicator& comm, int root) : m_comm(comm), m_root(root) {}

  void tensor(std::string_view name, std::span<const std::int64_t> shape, const ArchiveValues& values) override;

 private:
  const Communicator& m_comm;
  int m_root;
};

}  // namespace ailoop
