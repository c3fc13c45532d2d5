#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/storage/file_descriptor.hpp>
#include <ailoop/storage/foreign_format.hpp>
#include <ailoop/storage/json_text.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/storage/safetensors_header.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace ailoop {
namespace {

std::span<char> writable_chars(std::vector<std::byte>& bytes) {
  return {reinterpret_cast<char*>(bytes.data()), bytes.size()};
}

/// Bytes that come one after the other, from memory or from a file.
class Source {
 public:
  virtual ~Source() = default;
  virtual void read(std::span<char> buffer) = 0;
  /// At most `size` bytes from the start, as if nothing was read.
  [[nodiscard]] virtual std::string start(std::size_t size) const = 0;
};

class MemorySource : public Source {
 public:
  explicit MemorySource(std::span<const std::byte> bytes) : m_all(bytes), m_bytes(bytes) {}

  void read(std::span<char> buffer) override {
    if (!buffer.empty()) std::memcpy(buffer.data(), m_bytes.data(), buffer.size());
    m_bytes = m_bytes.subspan(buffer.size());
  }

  [[nodiscard]] std::string start(std::size_t size) const override {
    return {reinterpret_cast<const char*>(m_all.data()), std::min(size, m_all.size())};
  }

 private:
  std::span<const std::byte> m_all;
  std::span<const std::byte> m_bytes;
};

class FileSource : public Source {
 public:
  FileSource(std::filesystem::path path, int file) : m_path(std::move(path)), m_file(file) {}

  void read(std::span<char> buffer) override {
    const detail::ReadResult result = detail::read_all(m_file, buffer);
    if (result.error != 0) detail::throw_system_error(m_path, "cannot be read", result.error);
    if (result.read < buffer.size()) {
      throw InputOutputError(m_path.string() + ": became shorter while it was read; a complete file is needed");
    }
  }

  [[nodiscard]] std::string start(std::size_t size) const override {
    std::string text(size, '\0');
    const ssize_t length = ::pread(m_file, text.data(), size, 0);
    text.resize(length < 0 ? 0 : as_size(length));
    return text;
  }

 private:
  std::filesystem::path m_path;
  int m_file;
};

SafetensorsFile read_from(Source& bytes, std::uint64_t size, std::string source) {
  if (const std::string other = detail::foreign_format(bytes.start(detail::telling_bytes)); !other.empty()) {
    throw InputOutputError(source + ": is " + other);
  }
  std::string first(static_cast<std::size_t>(std::min<std::uint64_t>(size, 8)), '\0');
  bytes.read(first);
  std::string header_text(static_cast<std::size_t>(detail::checked_header_length(first, size, source)), '\0');
  bytes.read(header_text);
  detail::SafetensorsHeader header = detail::parse_header(header_text, size - 8 - header_text.size(), source);

  SafetensorsFile file;
  file.source = std::move(source);
  file.metadata = std::move(header.metadata);
  file.tensors.reserve(header.entries.size());
  for (detail::TensorEntry& entry : header.entries) {
    const DType dtype = detail::dtype_from_name(entry.dtype_name);
    Tensor& tensor = file.tensors.emplace_back(
        Tensor{std::move(entry.name), dtype, std::move(entry.dtype_name), std::move(entry.shape), {}});
    tensor.bytes.resize(static_cast<std::size_t>(entry.end - entry.begin));
    bytes.read(writable_chars(tensor.bytes));
  }
  return file;
}

}  // namespace

SafetensorsFile read_safetensors(const std::filesystem::path& path, std::uint64_t size_limit) {
  const detail::OpenedFile opened = detail::open_regular_file(path, size_limit);
  FileSource bytes(path, opened.descriptor.get());
  return read_from(bytes, opened.size, path.string());
}

SafetensorsFile parse_safetensors(std::span<const std::byte> bytes, std::string source) {
  MemorySource memory(bytes);
  return read_from(memory, bytes.size(), std::move(source));
}

const Tensor* SafetensorsFile::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(tensors, name, &Tensor::name);
  return found == tensors.end() ? nullptr : &*found;
}

const Tensor& SafetensorsFile::tensor(std::string_view name) const {
  if (const Tensor* found = find(name)) return *found;
  std::string present;
  constexpr std::size_t n_told = 20;
  for (std::size_t i = 0; i < tensors.size() && i < n_told; ++i) {
    present += (i > 0 ? ", " : "") + json_excerpt(tensors[i].name);
  }
  if (tensors.size() > n_told) present += ", ...";
  throw InputOutputError(source + ": has no tensor " + json_excerpt(name) + "; it has " +
                         (tensors.empty() ? "none" : present));
}

template <TensorElement T>
std::vector<T> SafetensorsFile::values(std::string_view name) const {
  const Tensor& found = tensor(name);
  if (found.dtype != dtype_of<T>) {
    throw InputOutputError(source + ": the tensor " + json_excerpt(name) + " has the element type " +
                           json_excerpt(found.dtype_name) + "; " + std::string(dtype_name(dtype_of<T>)) +
                           " is allowed");
  }
  std::vector<T> values(found.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), found.bytes.data(), values.size() * sizeof(T));
  return values;
}

template <TensorElement T>
std::vector<T> SafetensorsFile::values(std::string_view name, std::span<const std::int64_t> shape) const {
  const Tensor& found = tensor(name);
  if (!std::ranges::equal(found.shape, shape)) {
    throw InputOutputError(source + ": the tensor " + json_excerpt(name) + " has the shape " + shape_text(found.shape) +
                           "; " + shape_text(shape) + " is allowed");
  }
  return values<T>(name);
}

const std::string& SafetensorsFile::metadata_value(const std::string& key) const {
  const auto found = metadata.find(key);
  if (found == metadata.end()) {
    throw InputOutputError(source + ": its metadata have no " + json_excerpt(key) + "; it is needed");
  }
  return found->second;
}

template std::vector<float> SafetensorsFile::values<float>(std::string_view) const;
template std::vector<double> SafetensorsFile::values<double>(std::string_view) const;
template std::vector<std::int64_t> SafetensorsFile::values<std::int64_t>(std::string_view) const;
template std::vector<float> SafetensorsFile::values<float>(std::string_view, std::span<const std::int64_t>) const;
template std::vector<double> SafetensorsFile::values<double>(std::string_view, std::span<const std::int64_t>) const;
template std::vector<std::int64_t> SafetensorsFile::values<std::int64_t>(std::string_view,
                                                                         std::span<const std::int64_t>) const;
template std::vector<std::uint8_t> SafetensorsFile::values<std::uint8_t>(std::string_view) const;
template std::vector<std::uint8_t> SafetensorsFile::values<std::uint8_t>(std::string_view,
                                                                         std::span<const std::int64_t>) const;

}  // namespace ailoop
