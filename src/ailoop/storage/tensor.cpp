#include <ailoop/storage/tensor.hpp>

#include <ailoop/core/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ailoop {
namespace {

struct NamedSize {
  std::string_view name;
  std::uint64_t size;
};
constexpr std::array<NamedSize, 16> element_sizes = {{{"BOOL", 1},
                                                      {"U8", 1},
                                                      {"I8", 1},
                                                      {"F8_E4M3", 1},
                                                      {"F8_E5M2", 1},
                                                      {"F8_E8M0", 1},
                                                      {"U16", 2},
                                                      {"I16", 2},
                                                      {"F16", 2},
                                                      {"BF16", 2},
                                                      {"U32", 4},
                                                      {"I32", 4},
                                                      {"F32", 4},
                                                      {"U64", 8},
                                                      {"I64", 8},
                                                      {"F64", 8}}};

}  // namespace

bool is_known_dtype(std::string_view dtype) noexcept {
  return std::ranges::find(known_dtypes, dtype) != known_dtypes.end();
}

std::optional<std::uint64_t> element_size(std::string_view dtype) noexcept {
  const auto* const found = std::ranges::find(element_sizes, dtype, &NamedSize::name);
  return found == element_sizes.end() ? std::nullopt : std::optional(found->size);
}

std::optional<std::uint64_t> size_of(std::span<const std::int64_t> shape, std::uint64_t element_size) noexcept {
  std::uint64_t size = element_size;
  for (const std::int64_t extent : shape) {
    if (extent < 0 || __builtin_mul_overflow(size, extent, &size)) return std::nullopt;
  }
  return size;
}

std::string shape_text(std::span<const std::int64_t> shape) {
  constexpr std::size_t n_told = 8;
  return fmt::format("[{}{}]", fmt::join(shape.first(std::min(n_told, shape.size())), ", "),
                     shape.size() > n_told ? ", ..." : "");
}

Tensor make_tensor(std::string name, std::string_view dtype, std::vector<std::int64_t> shape,
                   std::span<const std::byte> bytes) {
  const auto size = element_size(dtype);
  AILOOP_REQUIRE(size && size_of(shape, *size) == bytes.size(),
                 "make_tensor: " + name + ": " + std::to_string(bytes.size()) + " bytes of " + std::string(dtype) +
                     " do not fill the shape " + shape_text(shape));
  return {std::move(name), std::string(dtype), std::move(shape), {bytes.begin(), bytes.end()}};
}

}  // namespace ailoop
