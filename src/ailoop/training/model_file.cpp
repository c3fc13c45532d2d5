// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/model_file.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/number_text.hpp>
#include <ailoop/core/utf8.hpp>
#include <ailoop/storage/atomic_file.hpp>
#include <ailoop/storage/json_text.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/storage/safetensors_archive.hpp>
#include <ailoop/storage/sha256.hpp>
#include <ailoop/storage/text_file.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ailoop {

namespace {

constexpr std::uint64_t largest_model_file = std::uint64_t{1} << 36;  // 64 GiB

/// Fills arrays from the tensors of a file; type and shape must be those of the array, and training can go on from it.
class ModelReader final : public Archive {
 public:
  explicit ModelReader(const SafetensorsFile& file) : m_file(file), m_reader(file) {}

  void tensor(std::string_view name, std::span<const std::int64_t> shape, const ArchiveValues& values) override {
    const Tensor* const found = m_file.find(name);
    const auto* const counts = std::get_if<std::span<std::int64_t>>(&values);
    if (counts != nullptr && found != nullptr && found->dtype == dtype_of<float>) {
      read_counts<float>(name, shape, *counts);
    } else if (counts != nullptr && found != nullptr && found->dtype == dtype_of<double>) {
      read_counts<double>(name, shape, *counts);
    } else {
      m_reader.tensor(name, shape, values);
    }
    std::visit(
        [&]<class T>(std::span<T> of_type) {
          if (!std::ranges::all_of(of_type, usable<T>)) {
            throw InputOutputError(m_file.source + ": the tensor " + json_excerpt(name) + " holds " +
                                   (std::is_floating_point_v<T> ? "a value that is not finite"
                                                                : "a count that is no whole number of at least 0") +
                                   "; no training can go on from it");
          }
        },
        values);
  }

 private:
  /// Counts as PyTorch's optimizers keep them; what is no count becomes -1.
  template <class T>
  void read_counts(std::string_view name, std::span<const std::int64_t> shape, std::span<std::int64_t> counts) {
    std::ranges::transform(m_file.values<T>(name, shape), counts.begin(), [](T number) -> std::int64_t {
      const bool is_count = number >= 0 && number < T{0x1p63} && number == std::trunc(number);
      return is_count ? static_cast<std::int64_t>(number) : -1;
    });
  }

  template <class T>
  static bool usable(T value) {
    if constexpr (std::is_floating_point_v<T>) {
      return std::isfinite(value);
    } else {
      return value >= 0 && value <= std::numeric_limits<T>::max() / 2;  // steps: counted on from here
    }
  }

  const SafetensorsFile& m_file;
  SafetensorsReader m_reader;
};

/// `[lower,upper]`, for several dimensions `[lower,upper]x[lower,upper]`.
std::string box_text(const Facts& facts) {
  std::string text;
  for (std::size_t i = 0; i < facts.lower.size(); ++i) {
    text += fmt::format("{}[{},{}]", i > 0 ? "x" : "", number_text(facts.lower[i]), number_text(facts.upper[i]));
  }
  return text;
}

/// The numbers of a text of the form of box_text, blanks allowed: a list of JSON with an x for each comma between
/// intervals. What has a comma there, or an x elsewhere, is none.
nlohmann::json bounds_in(std::string_view box) {
  std::string list = "[" + std::string(box) + "]";
  for (std::size_t at = 1; at < list.size(); ++at) {
    if (list[list.find_last_not_of(' ', at - 1)] == ']' && (list[at] == 'x' || list[at] == ',')) {
      list[at] = list[at] == 'x' ? ',' : 'x';
    }
  }
  return nlohmann::json::parse(list, nullptr, /*allow_exceptions=*/false);
}

/// What a file means that does not say how this is scaled: such an entry is not written, as files were before the keys
/// existed.
constexpr std::string_view implied_scaling = "raw";

bool is_scaling(std::string_view key) { return key == "inputs" || key == "outputs"; }

std::map<std::string, std::string> metadata_of(const TrainedModel& model) {
  std::map<std::string, std::string> metadata{
      {"format", "ailoop-model"}, {"format_version", "1"}, {"problem", model.problem}, {"box", box_text(model.facts)}};
  metadata.merge(model.surrogate.description());
  return metadata;
}

/// The entries that a file says.
std::map<std::string, std::string> written_metadata(const TrainedModel& model) {
  std::map<std::string, std::string> metadata = metadata_of(model);
  std::erase_if(metadata, [](const auto& entry) { return is_scaling(entry.first) && entry.second == implied_scaling; });
  return metadata;
}

/// `{"box": "[0,1]", "degree": "5"}`, as JSON and Python write it.
std::string text_of(const std::map<std::string, std::string>& metadata) {
  std::string text;
  for (const auto& [key, value] : metadata) {
    text += (text.empty() ? "{" : ", ") + json_string(key) + ": " + json_string(value);
  }
  return text + "}";
}

void require_metadata(const SafetensorsFile& file, const TrainedModel& model) {
  const std::map<std::string, std::string> wanted = metadata_of(model);
  const auto require = [&](const std::string& key) {
    const auto entry = file.metadata.find(key);
    const std::string& expected = wanted.at(key);
    std::optional<std::string_view> found;
    if (entry != file.metadata.end()) {
      found = entry->second;
    } else if (is_scaling(key)) {
      found = implied_scaling;
    }
    const bool is_a_box = found && key == "box" && !bounds_in(*found).is_discarded();
    if (found == expected || (is_a_box && bounds_in(*found) == bounds_in(expected))) {
      return;
    }
    throw InputOutputError(file.source + ": the model's " + key + " is " + (found ? excerpt(*found) : "not told") +
                           "; the configuration needs " + expected + "; the metadata that it needs are " +
                           text_of(written_metadata(model)));
  };
  for (const char* const key : {"format", "format_version", "problem", "type"}) {  // before what differs between them
    require(key);
  }
  for (const auto& [key, _] : wanted) {
    require(key);
  }
}

}  // namespace

std::string save_model(const std::filesystem::path& path, const TrainedModel& model) {
  SafetensorsFile file;
  file.metadata = written_metadata(model);
  SafetensorsWriter writer(file);
  show_parameters(model.surrogate, writer);
  model.trainer.state(writer);
  const std::string bytes = serialize_safetensors(file);
  write_file_atomically(path, bytes);
  return sha256_hex(bytes);
}

LoadedModel load_model(const std::filesystem::path& path, const TrainedModel& model) {
  try {
    const std::string content = read_file(path, largest_model_file);
    const SafetensorsFile file = parse_safetensors(content, path.string());
    require_metadata(file, model);
    ModelReader reader(file);
    show_parameters(model.surrogate, reader);

    const std::string prefix = std::string(model.trainer.state_prefix()) + ".";
    LoadedModel loaded;
    loaded.sha256 = sha256_hex(content);
    loaded.optimizer_state =
        std::ranges::any_of(file.tensors, [&](const Tensor& tensor) { return tensor.name.starts_with(prefix); });
    if (loaded.optimizer_state) {
      model.trainer.state(reader);
    }
    return loaded;
  } catch (const InputOutputError& error) {
    throw ConfigurationError(error.what());  // the file was named by the configuration
  }
}

}  // namespace ailoop
