// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/core/utf8.hpp>
#include <ailoop/storage/json_text.hpp>
#include <ailoop/storage/safetensors.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

static_assert(std::endian::native == std::endian::little, "safetensors data are little-endian, and copied as they are");

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

void check_text(std::string_view text) {
  AILOOP_REQUIRE(is_utf8(text), "serialize_safetensors: " + json_string(text) + " is not UTF-8");
}

/// Size of a tensor's data. \throws UsageError if it is none that can be written
std::uint64_t data_size(const Tensor& tensor) {
  const std::string name = "serialize_safetensors: the tensor " + json_string(tensor.name);
  check_text(tensor.name);
  AILOOP_REQUIRE(tensor.name != "__metadata__", name + " has the name of the metadata");
  AILOOP_REQUIRE(is_known_dtype(tensor.dtype), name + " has a type that ailoop does not write");
  const auto size = size_of(tensor.shape, element_size(tensor.dtype).value());
  AILOOP_REQUIRE(size.has_value(), name + " has the shape " + shape_text(tensor.shape));
  return *size;
}

/// The tensors in the order in which they are written.
std::vector<const Tensor*> ordered(const std::vector<Tensor>& tensors) {
  std::vector<const Tensor*> order;
  order.reserve(tensors.size());
  std::vector<std::string_view> names;
  names.reserve(tensors.size());
  for (const Tensor& tensor : tensors) {
    order.push_back(&tensor);
    names.push_back(tensor.name);
  }
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  AILOOP_REQUIRE(twice == names.end(), "serialize_safetensors: the tensor " + json_string(*twice) + " occurs twice");
  std::ranges::sort(order, {}, [](const Tensor* tensor) {
    return std::make_pair(std::ranges::find(known_dtypes, tensor->dtype), std::string_view(tensor->name));
  });
  return order;
}

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

std::string safetensors_head(const SafetensorsFile& file) {
  nlohmann::ordered_json entries = nlohmann::ordered_json::object();
  for (const auto& [key, value] : file.metadata) {
    check_text(key);
    check_text(value);
    entries["__metadata__"][key] = value;
  }
  std::uint64_t n_data = 0;
  for (const Tensor* tensor : ordered(file.tensors)) {
    const std::uint64_t end = n_data + data_size(*tensor);
    entries[tensor->name] = {{"dtype", tensor->dtype}, {"shape", tensor->shape}, {"data_offsets", {n_data, end}}};
    n_data = end;
  }
  std::string header = entries.dump();
  header.append((8 - header.size() % 8) % 8, ' ');
  AILOOP_REQUIRE(header.size() <= safetensors_header_limit,
                 "serialize_safetensors: the header is longer than the format allows");
  const std::uint64_t n_header = header.size();
  std::string head(sizeof(n_header), '\0');
  std::memcpy(head.data(), &n_header, sizeof(n_header));
  return head + header;
}

std::string serialize_safetensors(const SafetensorsFile& file) {
  std::string bytes = safetensors_head(file);
  for (const Tensor* tensor : ordered(file.tensors)) {
    AILOOP_REQUIRE(data_size(*tensor) == tensor->bytes.size(),
                   "serialize_safetensors: the tensor " + json_string(tensor->name) + " has " +
                       std::to_string(tensor->bytes.size()) + " bytes for the shape " + shape_text(tensor->shape));
    bytes.append(reinterpret_cast<const char*>(tensor->bytes.data()), tensor->bytes.size());
  }
  return bytes;
}

}  // namespace ailoop
