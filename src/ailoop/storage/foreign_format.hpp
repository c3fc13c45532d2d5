#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ailoop::detail {

/// Bytes at the start of a file that tell its format.
inline constexpr std::size_t telling_bytes = 512;

/// What a file is that is no safetensors file but holds arrays all the same, and how to make one of it: `a PyTorch
/// archive (torch.save); write its ...`. Empty where its first bytes do not tell.
/// \param start the first `telling_bytes` of the file, or all of it
[[nodiscard]] std::string foreign_format(std::string_view start);

}  // namespace ailoop::detail
