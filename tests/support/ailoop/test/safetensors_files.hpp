// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/storage/atomic_file.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/storage/text_file.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

namespace ailoop {

[[nodiscard]] inline SafetensorsFile read_safetensors(const std::filesystem::path& path,
                                                      std::uint64_t size_limit = std::uint64_t{1} << 40) {
  return parse_safetensors(read_file(path, size_limit), path.string());
}

inline void write_safetensors(const std::filesystem::path& path, const SafetensorsFile& file) {
  write_file_atomically(path, serialize_safetensors(file));
}

/// A tensor of one value, with shape [].
template <TensorElement T>
[[nodiscard]] Tensor make_scalar(std::string name, T value) {
  return make_tensor<T>(std::move(name), {}, std::span<const T>(&value, 1));
}

}  // namespace ailoop
