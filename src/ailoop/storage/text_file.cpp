// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/text_file.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/storage/file_descriptor.hpp>

#include <algorithm>

namespace ailoop {

std::string read_file(const std::filesystem::path& path, std::uint64_t size_limit) {
  const detail::OpenedFile file = detail::open_regular_file(path, size_limit);

  // The size is only a hint: virtual files tell 0, and a file may grow meanwhile. So read on until its end.
  std::string content;
  std::uint64_t wanted = std::max<std::uint64_t>(file.size, 4095);
  while (true) {
    const std::size_t begin = content.size();
    content.resize(static_cast<std::size_t>(std::min(wanted, size_limit) + 1));
    const detail::Transfer read = detail::read_all(file.descriptor.get(), std::span(content).subspan(begin));
    detail::require_no_error(path, "cannot be read", read.error);
    const bool ended = begin + read.bytes < content.size();
    content.resize(begin + read.bytes);
    if (ended) return content;
    if (content.size() > size_limit) {
      throw InputOutputError(path.string() + ": grew while it was read; at most " + std::to_string(size_limit) +
                             " bytes are allowed");
    }
    wanted *= 2;
  }
}

}  // namespace ailoop
