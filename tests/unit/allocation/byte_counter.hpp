// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/storage/archive.hpp>

#include <span>
#include <string_view>
#include <variant>

namespace ailoop::test {

/// Counts the bytes of all that is shown.
class ByteCounter final : public StateArchive {
 public:
  void tensor(std::string_view /*name*/, std::span<const std::int64_t> /*shape*/,
              const ArchiveValues& values) override {
    std::visit([&](auto of_type) { bytes += static_cast<double>(of_type.size_bytes()); }, values);
  }
  void list(std::string_view /*name*/, const ArchiveList& values) override {
    std::visit([&](auto* of_type) { bytes += static_cast<double>(of_type->size() * sizeof(of_type->front())); },
               values);
  }

  double bytes = 0.0;
};

}  // namespace ailoop::test
