#include <ailoop/core/error.hpp>
#include <ailoop/core/number_text.hpp>
#include <ailoop/core/utf8.hpp>
#include <ailoop/storage/atomic_file.hpp>
#include <ailoop/storage/json_text.hpp>
#include <ailoop/storage/safetensors.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

static_assert(std::endian::native == std::endian::little, "safetensors data are little-endian, and copied as they are");

namespace ailoop {
namespace {

int rank_of(DType dtype) {
  switch (dtype) {
    case DType::i64:
      return 0;
    case DType::f64:
      return 1;
    case DType::f32:
      return 2;
    case DType::u8:
      return 3;
    case DType::other:
      break;
  }
  return 4;
}

void check_text(std::string_view text) {
  AILOOP_REQUIRE(is_utf8(text), "serialize_safetensors: " + json_string(text) + " is not UTF-8");
}

/// Size of a tensor's data. \throws UsageError if it is none that can be written
std::uint64_t data_size(const Tensor& tensor) {
  const std::string name = "serialize_safetensors: the tensor " + json_string(tensor.name);
  check_text(tensor.name);
  AILOOP_REQUIRE(tensor.name != "__metadata__", name + " has the name of the metadata");
  AILOOP_REQUIRE(tensor.dtype != DType::other, name + " has a type that ailoop does not write");
  std::uint64_t size = element_size(tensor.dtype);
  for (const std::int64_t extent : tensor.shape) {
    AILOOP_REQUIRE(extent >= 0 && !__builtin_mul_overflow(size, static_cast<std::uint64_t>(extent), &size),
                   name + " has the shape " + shape_text(tensor.shape));
  }
  return size;
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
  std::ranges::sort(order, [](const Tensor* a, const Tensor* b) {
    return std::make_tuple(rank_of(a->dtype), std::string_view(a->name)) <
           std::make_tuple(rank_of(b->dtype), std::string_view(b->name));
  });
  return order;
}

void append_metadata(std::string& json, const std::map<std::string, std::string>& metadata) {
  json += "\"__metadata__\":{";
  const char* separator = "";
  for (const auto& [key, value] : metadata) {
    check_text(key);
    check_text(value);
    json += separator;
    append_json_string(json, key);
    json += ':';
    append_json_string(json, value);
    separator = ",";
  }
  json += '}';
}

void append_entry(std::string& json, const Tensor& tensor, std::uint64_t begin, std::uint64_t end) {
  append_json_string(json, tensor.name);
  json += ":{\"dtype\":\"";
  json += dtype_name(tensor.dtype);
  json += R"(","shape":[)";
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    if (i > 0) json += ',';
    append_number(json, tensor.shape[i]);
  }
  json += R"(],"data_offsets":[)";
  append_number(json, begin);
  json += ',';
  append_number(json, end);
  json += "]}";
}

}  // namespace

std::string safetensors_head(const SafetensorsFile& file) {
  std::string header = "{";
  if (!file.metadata.empty()) append_metadata(header, file.metadata);
  std::uint64_t n_data = 0;
  for (const Tensor* tensor : ordered(file.tensors)) {
    if (header.size() > 1) header += ',';
    const std::uint64_t end = n_data + data_size(*tensor);
    append_entry(header, *tensor, n_data, end);
    n_data = end;
  }
  header += '}';
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
