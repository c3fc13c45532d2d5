// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/safetensors_header.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/utf8.hpp>
#include <ailoop/storage/json_text.hpp>
#include <ailoop/storage/safetensors.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace ailoop::detail {
namespace {

using Json = nlohmann::json;

/// Receives the header's JSON piece by piece: a document tree would have lost duplicate keys and cost memory that the
/// file decides about.
class HeaderReader : public nlohmann::json_sax<Json> {
 public:
  explicit HeaderReader(SafetensorsHeader& header) : m_header(&header) {}

  [[nodiscard]] const std::string& error() const { return m_error; }

  bool null() override { return unexpected("null"); }
  bool boolean(bool value) override { return unexpected(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return unexpected(std::to_string(value)); }
  bool number_float(number_float_t /*value*/, const string_t& text) override { return unexpected(excerpt(text)); }
  bool binary(binary_t& /*value*/) override { return unexpected("binary data"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (m_place == Place::shape) {
      if (!std::in_range<std::int64_t>(value)) {
        return refuse(where() + " has the extent " + std::to_string(value) + "; less than 2^63 is allowed");
      }
      entry().shape.push_back(static_cast<std::int64_t>(value));
      return true;
    }
    if (m_place == Place::offsets) {
      if (m_n_offsets == 0) entry().begin = value;
      if (m_n_offsets == 1) entry().end = value;
      ++m_n_offsets;
      return m_n_offsets <= 2 || refuse(where() + " has more than two numbers; begin and end are allowed");
    }
    return unexpected(std::to_string(value));
  }

  bool string(string_t& value) override {
    if (m_place == Place::metadata) {
      m_header->metadata[m_key] = std::move(value);
      return true;
    }
    if (m_place == Place::entry && m_key == "dtype") {
      entry().dtype = std::move(value);
      return true;
    }
    return unexpected("the text " + json_excerpt(value));
  }

  bool start_object(std::size_t /*size*/) override {
    if (m_place == Place::start) {
      m_place = Place::file;
      return true;
    }
    if (m_place != Place::file) return unexpected("an object");
    if (m_key == "__metadata__") {
      m_place = Place::metadata;
      return true;
    }
    m_header->entries.emplace_back().name = m_key;
    m_seen_in_entry.clear();
    m_place = Place::entry;
    return true;
  }

  bool key(string_t& value) override {
    if (m_place == Place::entry && value != "dtype" && value != "shape" && value != "data_offsets") {
      return refuse(tensor_text() + " has the key " + json_excerpt(value) +
                    "; dtype, shape and data_offsets are allowed");
    }
    const bool is_new = m_place == Place::file       ? m_names.insert(value).second
                        : m_place == Place::metadata ? !m_header->metadata.contains(value)
                                                     : m_seen_in_entry.insert(value).second;
    if (!is_new) return refuse("the header has " + json_excerpt(value) + " twice; every key is allowed once");
    m_key = std::move(value);
    return true;
  }

  bool end_object() override {
    if (m_place == Place::entry && m_seen_in_entry.size() != 3) {
      return refuse(tensor_text() + " is incomplete; dtype, shape and data_offsets are needed");
    }
    m_place = m_place == Place::file ? Place::end : Place::file;
    return true;
  }

  bool start_array(std::size_t /*size*/) override {
    if (m_place == Place::entry && m_key == "shape") {
      m_place = Place::shape;
      return true;
    }
    if (m_place == Place::entry && m_key == "data_offsets") {
      m_place = Place::offsets;
      m_n_offsets = 0;
      return true;
    }
    return unexpected("an array");
  }

  bool end_array() override {
    if (m_place == Place::offsets && m_n_offsets != 2) {
      return refuse(where() + " has fewer than two numbers; begin and end are needed");
    }
    m_place = Place::entry;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/, const Json::exception& /*error*/) override {
    return refuse("the header is not JSON in UTF-8 from its byte " + std::to_string(position) + " on");
  }

 private:
  enum class Place { start, file, metadata, entry, shape, offsets, end };

  TensorEntry& entry() { return m_header->entries.back(); }

  [[nodiscard]] std::string tensor_text() { return "the tensor " + json_excerpt(entry().name); }

  [[nodiscard]] std::string where() { return m_key + " of " + tensor_text(); }

  bool unexpected(const std::string& what) {
    const auto refusal = [&](const std::string& place, const char* allowed) {
      return refuse(place + " is or holds " + what + "; " + allowed + " allowed");
    };
    switch (m_place) {
      case Place::metadata:
        return refusal("the metadata value " + json_excerpt(m_key), "a text is");
      case Place::file:
        return refusal("the header's " + json_excerpt(m_key), "an object is");
      case Place::start:
      case Place::end:
        return refusal("the header", "an object is");
      case Place::entry:
        return refusal(where(), m_key == "dtype" ? "a text is" : "an array of integers is");
      case Place::shape:
      case Place::offsets:
        return refusal(where(), "integers of at least 0 are");
    }
    return false;
  }

  bool refuse(std::string error) {
    m_error = std::move(error);
    return false;
  }

  SafetensorsHeader* m_header;
  Place m_place = Place::start;
  std::string m_key;
  std::set<std::string> m_names;
  std::set<std::string> m_seen_in_entry;
  std::size_t m_n_offsets = 0;
  std::string m_error;
};

/// Bytes of a tensor, nothing for element types whose size is not known.
std::optional<std::uint64_t> expected_size(const TensorEntry& entry, const std::string& source) {
  const auto of_element = element_size(entry.dtype);
  const auto size = size_of(entry.shape, of_element.value_or(1));
  if (!size) {
    throw InputOutputError(source + ": the tensor " + json_excerpt(entry.name) + " has the shape " +
                           shape_text(entry.shape) + "; fewer than 2^64 bytes are allowed");
  }
  return of_element ? size : std::nullopt;
}

void check_entry(const TensorEntry& entry, std::uint64_t data_size, const std::string& source) {
  const std::string name = source + ": the tensor " + json_excerpt(entry.name);
  const std::string offsets = "[" + std::to_string(entry.begin) + ", " + std::to_string(entry.end) + "]";
  if (entry.begin > entry.end || entry.end > data_size) {
    throw InputOutputError(name + " has the data_offsets " + offsets + "; 0 <= begin <= end <= " +
                           std::to_string(data_size) + " (the bytes behind the header) is allowed");
  }
  const std::optional<std::uint64_t> size = expected_size(entry, source);
  if (size && *size != entry.end - entry.begin) {
    throw InputOutputError(name + " has the data_offsets " + offsets + "; " + std::to_string(*size) +
                           " bytes are needed for " + entry.dtype + " " + shape_text(entry.shape));
  }
}

}  // namespace

SafetensorsHeader parse_header(std::string_view text, std::uint64_t data_size, const std::string& source) {
  if (text.empty() || text.front() != '{') {
    throw InputOutputError(source + ": its header does not start with {; a JSON object is allowed");
  }
  // The parser takes a zero byte for the end of its input.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    throw InputOutputError(source + ": its header has a zero byte at " + std::to_string(zero) + "; JSON is allowed");
  }
  SafetensorsHeader header;
  HeaderReader reader(header);
  if (!Json::sax_parse(text, &reader)) throw InputOutputError(source + ": " + reader.error());

  for (const TensorEntry& entry : header.entries) check_entry(entry, data_size, source);
  std::ranges::sort(header.entries, [](const TensorEntry& a, const TensorEntry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  std::uint64_t covered = 0;
  for (const TensorEntry& entry : header.entries) {
    if (entry.begin != covered) {
      throw InputOutputError(source + ": the data of the tensor " + json_excerpt(entry.name) + " begin at " +
                             std::to_string(entry.begin) +
                             (entry.begin < covered ? ", inside" : ", behind a hole after") +
                             " the data before them; " + std::to_string(covered) + " is allowed");
    }
    covered = entry.end;
  }
  if (covered != data_size) {
    throw InputOutputError(source + ": has " + std::to_string(data_size) + " bytes behind the header; " +
                           std::to_string(covered) + " belong to tensors, no others are allowed");
  }
  return header;
}

}  // namespace ailoop::detail
