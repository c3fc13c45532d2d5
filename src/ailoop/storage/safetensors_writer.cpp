#include <ailoop/core/error.hpp>
#include <ailoop/core/utf8.hpp>
#include <ailoop/storage/atomic_file.hpp>
#include <ailoop/storage/json_text.hpp>
#include <ailoop/storage/safetensors.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

static_assert(std::endian::native == std::endian::little, "safetensors data are little-endian, and copied as they are");

namespace ailoop {
namespace {

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

std::vector<std::byte> serialize_safetensors(const SafetensorsFile& file) {
  const std::string head = safetensors_head(file);
  const auto head_bytes = std::as_bytes(std::span(head));
  std::vector<std::byte> bytes(head_bytes.begin(), head_bytes.end());
  for (const Tensor* tensor : ordered(file.tensors)) {
    AILOOP_REQUIRE(data_size(*tensor) == tensor->bytes.size(),
                   "serialize_safetensors: the tensor " + json_string(tensor->name) + " has " +
                       std::to_string(tensor->bytes.size()) + " bytes for the shape " + shape_text(tensor->shape));
    bytes.insert(bytes.end(), tensor->bytes.begin(), tensor->bytes.end());
  }
  return bytes;
}

void write_safetensors(const std::filesystem::path& path, const SafetensorsFile& file) {
  write_file_atomically(path, serialize_safetensors(file));
}

}  // namespace ailoop
