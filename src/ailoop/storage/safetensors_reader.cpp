#include <ailoop/core/error.hpp>
#include <ailoop/storage/foreign_format.hpp>
#include <ailoop/storage/json_text.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/storage/safetensors_header.hpp>
#include <ailoop/storage/text_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <ranges>
#include <utility>

namespace ailoop {
namespace {

/// Length of the header from the first 8 bytes of a file. \throws InputOutputError unless such a header can be there
std::uint64_t header_length(std::string_view file, const std::string& source) {
  if (file.size() < 8) {
    throw InputOutputError(source + ": has " + std::to_string(file.size()) +
                           " bytes; a safetensors file starts with 8 bytes that tell the length of its header");
  }
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), sizeof(length));
  if (length > safetensors_header_limit) {
    throw InputOutputError(source + ": its header has " + std::to_string(length) + " bytes; at most " +
                           std::to_string(safetensors_header_limit) + " are allowed (is it a safetensors file?)");
  }
  if (length > file.size() - 8) {
    throw InputOutputError(source + ": its header has " + std::to_string(length) + " bytes, but only " +
                           std::to_string(file.size() - 8) + " follow; the whole header is needed");
  }
  return length;
}

}  // namespace

SafetensorsFile parse_safetensors(std::span<const std::byte> bytes, std::string source) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (const std::string other = detail::foreign_format(text.substr(0, detail::telling_bytes)); !other.empty()) {
    throw InputOutputError(source + ": is " + other);
  }
  const std::uint64_t length = header_length(text, source);
  const std::span<const std::byte> data = bytes.subspan(8 + length);
  detail::SafetensorsHeader header = detail::parse_header(text.substr(8, length), data.size(), source);

  SafetensorsFile file{.source = std::move(source), .metadata = std::move(header.metadata), .tensors = {}};
  file.tensors.reserve(header.entries.size());
  for (detail::TensorEntry& entry : header.entries) {
    const auto content = data.subspan(entry.begin, entry.end - entry.begin);
    file.tensors.push_back(
        {std::move(entry.name), std::move(entry.dtype), std::move(entry.shape), {content.begin(), content.end()}});
  }
  return file;
}

SafetensorsFile read_safetensors(const std::filesystem::path& path, std::uint64_t size_limit) {
  const std::string content = read_file(path, size_limit);
  return parse_safetensors(std::as_bytes(std::span(content)), path.string());
}

const Tensor* SafetensorsFile::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(tensors, name, &Tensor::name);
  return found == tensors.end() ? nullptr : &*found;
}

const Tensor& SafetensorsFile::tensor(std::string_view name) const {
  if (const Tensor* found = find(name)) return *found;
  constexpr std::size_t n_told = 20;
  const auto told = std::span(tensors).first(std::min(n_told, tensors.size())) |
                    std::views::transform([](const Tensor& present) { return json_excerpt(present.name); });
  throw InputOutputError(fmt::format("{}: has no tensor {}; it has {}{}", source, json_excerpt(name),
                                     tensors.empty() ? "none" : fmt::format("{}", fmt::join(told, ", ")),
                                     tensors.size() > n_told ? ", ..." : ""));
}

std::span<const std::byte> SafetensorsFile::bytes_of(std::string_view name, std::string_view dtype) const {
  const Tensor& found = tensor(name);
  if (found.dtype != dtype) {
    throw InputOutputError(source + ": the tensor " + json_excerpt(name) + " has the element type " +
                           json_excerpt(found.dtype) + "; " + std::string(dtype) + " is allowed");
  }
  return found.bytes;
}

void SafetensorsFile::require_shape(std::string_view name, std::span<const std::int64_t> shape) const {
  const Tensor& found = tensor(name);
  if (!std::ranges::equal(found.shape, shape)) {
    throw InputOutputError(source + ": the tensor " + json_excerpt(name) + " has the shape " + shape_text(found.shape) +
                           "; " + shape_text(shape) + " is allowed");
  }
}

const std::string& SafetensorsFile::metadata_value(const std::string& key) const {
  const auto found = metadata.find(key);
  if (found == metadata.end()) {
    throw InputOutputError(source + ": its metadata have no " + json_excerpt(key) + "; it is needed");
  }
  return found->second;
}

}  // namespace ailoop
