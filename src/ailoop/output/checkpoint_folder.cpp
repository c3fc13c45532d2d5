#include <ailoop/output/checkpoint_folder.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/storage/atomic_file.hpp>
#include <ailoop/storage/safetensors_archive.hpp>
#include <ailoop/storage/sha256.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

namespace ailoop {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".safetensors";
constexpr std::string_view format_name = "ailoop-checkpoint";
constexpr std::string_view format_version = "1";
constexpr std::string_view fact_prefix = "run.";
constexpr std::int64_t kept = 2;

/// Of everything in the file but this sum. The bytes of a file follow from its content, so that nothing else can be in
/// it.
std::string checksum_of(const SafetensorsFile& file) { return sha256_hex(serialize_safetensors(file)); }

void require_same(const SafetensorsFile& file, const std::string& key, std::string_view expected) {
  if (file.metadata_value(key) != expected) {
    throw ConfigurationError(
        fmt::format("{}: its {} is {}; {} is allowed", file.source, key, file.metadata_value(key), expected));
  }
}

Checkpoint read(const fs::path& path) {
  Checkpoint found{read_safetensors(path), {}};
  SafetensorsFile& file = found.state;
  const std::string sum = file.metadata_value("sha256");
  file.metadata.erase("sha256");
  const bool is_known = std::ranges::none_of(file.tensors, [](const Tensor& t) { return t.dtype == DType::other; });
  if (!is_known || checksum_of(file) != sum) {
    throw InputOutputError(file.source + ": its checksum is wrong");
  }
  require_same(file, "format", format_name);
  require_same(file, "format_version", format_version);
  for (const auto& [key, value] : file.metadata) {
    if (key.starts_with(fact_prefix)) {
      found.facts.emplace(key.substr(fact_prefix.size()), value);
    }
  }
  return found;
}

}  // namespace

void CheckpointFolder::write(const CheckpointFacts& facts, const std::function<void(StateArchive&)>& show) {
  SafetensorsFile content;
  content.metadata = {{"format", std::string(format_name)}, {"format_version", std::string(format_version)}};
  for (const auto& [key, value] : facts) {
    content.metadata.emplace(std::string(fact_prefix) + key, value);
  }
  SafetensorsWriter writer(content);
  show(writer);
  content.metadata.emplace("sha256", checksum_of(content));
  std::error_code error;
  fs::create_directories(m_path, error);
  if (error) {
    throw InputOutputError(m_path.string() + ": cannot be created: " + error.message());
  }
  write_safetensors(file(m_last + 1), content);
  ++m_last;
  remove_older_than(m_last + 1 - kept);
}

FoundCheckpoints CheckpointFolder::find() {
  FoundCheckpoints found;
  const std::vector<std::int64_t> all = numbers();
  for (auto number = all.rbegin(); number != all.rend() && !found.newest; ++number) {
    try {
      found.newest = read(file(*number));
      m_last = *number;
    } catch (const InputOutputError& error) {
      found.unusable.emplace_back(error.what());
    }
  }
  return found;
}

void CheckpointFolder::clear() {
  remove_older_than(std::numeric_limits<std::int64_t>::max());
  m_last = 0;
}

std::vector<std::int64_t> CheckpointFolder::numbers() const {
  std::vector<std::int64_t> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(m_path, error)) {
    const std::string name = entry.path().filename().string();
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (problem == std::errc() && std::string_view(end, name.data() + name.size()) == suffix) {
      found.push_back(number);
    }
  }
  std::ranges::sort(found);
  return found;
}

void CheckpointFolder::remove_older_than(std::int64_t number) {
  for (const std::int64_t old : numbers()) {
    std::error_code error;
    if (old < number && !fs::remove(file(old), error) && error) {
      throw InputOutputError(file(old).string() + ": cannot be removed: " + error.message());
    }
  }
}

fs::path CheckpointFolder::file(std::int64_t number) const { return m_path / fmt::format("{:06}{}", number, suffix); }

}  // namespace ailoop
