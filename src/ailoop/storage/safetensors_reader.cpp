// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/storage/json_text.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/storage/safetensors_header.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ranges>
#include <utility>

namespace ailoop {
namespace {

constexpr std::string_view pytorch = "write its state_dict with safetensors.torch.save_file, see docs/pytorch.md";
constexpr std::string_view numpy = "write its arrays with safetensors.numpy.save_file, see docs/pytorch.md";

std::string advice(std::string_view format, std::string_view remedy) {
  return std::string(format) + "; " + std::string(remedy);
}

/// Name in the first local header of a zip archive. Source: PKWARE's APPNOTE.TXT, section 4.3.7.
std::string_view first_member(std::string_view start) {
  constexpr std::size_t length_at = 26;
  constexpr std::size_t name_at = 30;
  if (start.size() < name_at) return {};
  const auto low = static_cast<unsigned char>(start[length_at]);
  const auto high = static_cast<unsigned char>(start[length_at + 1]);
  return start.substr(name_at, low + std::size_t{256} * high);
}

std::string zip_archive(std::string_view member) {
  const auto has = [&](std::string_view part) { return member.find(part) != std::string_view::npos; };
  if (member.ends_with(".npy")) return advice("a NumPy archive (numpy.savez)", numpy);
  if (has("archive_format") || has("archive_version") || has("serialized_exported_program")) {
    return advice("an exported PyTorch program (torch.export.save, .pt2)", pytorch);
  }
  if (has("data.pkl") || has("/data/") || has("/code/") || has("/version") || has("/byteorder")) {
    return advice("a PyTorch archive (torch.save)", pytorch);
  }
  return advice("a zip archive", "a safetensors file is needed, see docs/pytorch.md");
}

/// What a file is that is no safetensors file but holds arrays all the same, and how to make one of it: `a PyTorch
/// archive (torch.save); write its ...`. Empty where its first bytes do not tell.
std::string foreign_format(std::string_view start) {
  constexpr std::size_t header_at = 8;  // behind the length of a safetensors header
  if (start.size() > header_at && start[header_at] == '{') return {};
  if (start.starts_with("PK\x03\x04")) return zip_archive(first_member(start));
  if (start.starts_with("\x89HDF\r\n\x1a\n")) {
    return advice("an HDF5 file", "read its arrays with h5py and write them with safetensors.numpy.save_file");
  }
  if (start.starts_with("\x93NUMPY")) return advice("a NumPy array (numpy.save)", numpy);
  constexpr std::array<char, 4> pickle_protocols = {2, 3, 4, 5};
  if (start.size() >= 2 && start[0] == '\x80' && std::ranges::count(pickle_protocols, start[1]) > 0) {
    return advice("a Python pickle (PyTorch before 1.6 wrote such)", pytorch);
  }
  return {};
}

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

SafetensorsFile parse_safetensors(std::string_view bytes, std::string source) {
  constexpr std::size_t telling_bytes = 512;
  if (const std::string other = foreign_format(bytes.substr(0, telling_bytes)); !other.empty()) {
    throw InputOutputError(source + ": is " + other);
  }
  const std::uint64_t length = header_length(bytes, source);
  const auto data = std::as_bytes(std::span(bytes)).subspan(8 + length);
  detail::SafetensorsHeader header = detail::parse_header(bytes.substr(8, length), data.size(), source);

  SafetensorsFile file{.source = std::move(source), .metadata = std::move(header.metadata), .tensors = {}};
  file.tensors.reserve(header.entries.size());
  for (detail::TensorEntry& entry : header.entries) {
    const auto content = data.subspan(entry.begin, entry.end - entry.begin);
    file.tensors.push_back(
        {std::move(entry.name), std::move(entry.dtype), std::move(entry.shape), {content.begin(), content.end()}});
  }
  return file;
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
