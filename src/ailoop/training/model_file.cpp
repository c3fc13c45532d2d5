#include <ailoop/training/model_file.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/utf8.hpp>
#include <ailoop/storage/atomic_file.hpp>
#include <ailoop/storage/number_text.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/storage/safetensors_archive.hpp>
#include <ailoop/storage/sha256.hpp>
#include <ailoop/storage/text_file.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ailoop {

namespace {

constexpr std::string_view fit_sums_prefix = "least_squares_sums.";   // in double whatever the surrogate's precision
constexpr std::uint64_t largest_model_file = std::uint64_t{1} << 36;  // 64 GiB

/// Fills arrays from the tensors of a file; type and shape must be those of the array, and training can go on from it.
class ModelReader final : public Archive {
 public:
  explicit ModelReader(const SafetensorsFile& file) : m_file(file), m_reader(file) {}

  void tensor(std::string_view name, std::span<const std::int64_t> shape, const ArchiveValues& values) override {
    m_reader.tensor(name, shape, values);
    std::visit(
        [&]<class T>(std::span<T> of_type) {
          if (!std::ranges::all_of(of_type, usable<T>)) {
            throw InputOutputError(m_file.source + ": " + std::string(name) +
                                   ": a value that is not finite, or a negative count; no training can go on from it");
          }
        },
        values);
  }

 private:
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
    text += i > 0 ? "x[" : "[";
    append_number(text, facts.lower[i]);
    text += ',';
    append_number(text, facts.upper[i]);
    text += ']';
  }
  return text;
}

/// What every model file says.
std::map<std::string, std::string> format_metadata(const std::string& problem) {
  return {{"format", "ailoop-model"}, {"format_version", "1"}, {"problem", problem}};
}

/// What a file means that does not say it: such entries are not written, as files were before the keys existed.
const std::map<std::string, std::string>& implied_metadata() {
  static const std::map<std::string, std::string> implied{{"inputs", "raw"}};
  return implied;
}

std::map<std::string, std::string> metadata_of(const TrainedModel& model) {
  std::map<std::string, std::string> metadata = format_metadata(model.problem);
  metadata.merge(model.surrogate.description());
  metadata["box"] = box_text(model.facts);
  return metadata;
}

void require_same_metadata(const SafetensorsFile& file, const std::map<std::string, std::string>& metadata) {
  for (const auto& [key, expected] : metadata) {
    const bool is_implied = implied_metadata().contains(key) && !file.metadata.contains(key);
    const std::string& found = is_implied ? implied_metadata().at(key) : file.metadata_value(key);
    if (found != expected) {
      throw ConfigurationError(file.source + ": the model's " + key + " is " + excerpt(found) +
                               "; the configuration needs " + expected);
    }
  }
}

/// Numbers that a surrogate of that precision, and its trainer, can have.
void require_usable_numbers(const SafetensorsFile& file, Precision precision) {
  const DType wanted = precision == Precision::float32 ? DType::f32 : DType::f64;
  for (const Tensor& tensor : file.tensors) {
    const bool is_floating = tensor.dtype_name.starts_with("F") || tensor.dtype_name.starts_with("BF");
    const bool is_sum = tensor.name.starts_with(fit_sums_prefix) && tensor.dtype == DType::f64;
    if (is_floating && tensor.dtype != wanted && !is_sum) {
      throw InputOutputError(file.source + ": the tensor " + excerpt(tensor.name) + " has the element type " +
                             tensor.dtype_name + "; " + std::string(dtype_name(wanted)) + " is allowed");
    }
    const auto is_finite = [](auto value) { return std::isfinite(value); };
    if ((tensor.dtype == DType::f32 && !std::ranges::all_of(file.values<float>(tensor.name), is_finite)) ||
        (tensor.dtype == DType::f64 && !std::ranges::all_of(file.values<double>(tensor.name), is_finite))) {
      throw InputOutputError(file.source + ": the tensor " + excerpt(tensor.name) +
                             " holds a value that is not finite; no training can go on from it");
    }
  }
}

}  // namespace

std::string save_model(const std::filesystem::path& path, const TrainedModel& model) {
  SafetensorsFile file;
  file.metadata = metadata_of(model);
  std::erase_if(file.metadata, [](const auto& entry) {
    const auto implied = implied_metadata().find(entry.first);
    return implied != implied_metadata().end() && implied->second == entry.second;
  });
  SafetensorsWriter writer(file);
  show_parameters(model.surrogate, writer);
  model.trainer.state(writer);
  const std::vector<std::byte> bytes = serialize_safetensors(file);
  write_file_atomically(path, bytes);
  return sha256_hex(bytes);
}

LoadedModel load_model(const std::filesystem::path& path, const TrainedModel& model) {
  try {
    const std::string content = read_file(path, largest_model_file);
    const auto bytes = std::as_bytes(std::span(content));
    const SafetensorsFile file = parse_safetensors(bytes, path.string());
    require_same_metadata(file, format_metadata(model.problem));  // before what differs between problems
    require_same_metadata(file, metadata_of(model));
    ModelReader reader(file);
    show_parameters(model.surrogate, reader);

    const std::string prefix = std::string(model.trainer.state_prefix()) + ".";
    LoadedModel loaded;
    loaded.sha256 = sha256_hex(bytes);
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

void check_model_file(const std::filesystem::path& path, const ModelOutline& outline) {
  try {
    const SafetensorsFile file = read_safetensors(path, largest_model_file);
    std::map<std::string, std::string> metadata = format_metadata(outline.problem);
    const auto add_if_told = [&](const std::string& key, const std::string& value) {
      if (file.metadata.contains(key) || implied_metadata().contains(key)) {
        metadata[key] = value;
      }
    };
    add_if_told("type", outline.surrogate);
    for (const auto& [key, value] : outline.settings) {
      add_if_told(key, value);
    }
    require_same_metadata(file, metadata);
    require_usable_numbers(file, outline.precision);
  } catch (const InputOutputError& error) {
    throw ConfigurationError(error.what());  // the file was named by the configuration
  }
}

}  // namespace ailoop
