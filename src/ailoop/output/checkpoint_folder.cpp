// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/output/checkpoint_folder.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/version.hpp>
#include <ailoop/storage/atomic_file.hpp>
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/storage/sha256.hpp>
#include <ailoop/storage/text_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

namespace ailoop {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".safetensors";
constexpr std::string_view format_name = "ailoop-checkpoint";
constexpr std::string_view format_version = "3";
constexpr std::string_view fact_prefix = "run.";
constexpr std::string_view cut_prefix = "before_cut.";  // of the tensors of that state
constexpr std::int64_t kept = 2;

/// Of everything in the file but this sum. The bytes of a file follow from its content, so that nothing else can be in
/// it.
std::string checksum_of(const SafetensorsFile& file) { return sha256_hex(serialize_safetensors(file)); }

void require_format(const SafetensorsFile& file) {
  if (file.metadata_value("format") != format_name) {
    throw ConfigurationError(
        fmt::format("{}: its format is {}; {} is allowed", file.source, file.metadata_value("format"), format_name));
  }
  if (const std::string version = file.metadata_value("format_version"); version != format_version) {
    const auto written_by = [&](const char* key) {
      const auto found = file.metadata.find(std::string(fact_prefix) + "platform." + key);
      return found == file.metadata.end() ? "unknown" : found->second;
    };
    throw ConfigurationError(fmt::format(
        "{}: a checkpoint of format version {}, written by ailoop {} (revision {}), which can go on from it; this is "
        "ailoop {}, which reads version {}",
        file.source, version, written_by("ailoop"), written_by("revision"), build_info().version, format_version));
  }
}

/// Every version of the format has this checksum, so that one of another version is told from a damaged one.
Checkpoint parse(const std::string& content, const fs::path& path) {
  SafetensorsFile file = parse_safetensors(content, path.string());
  const std::string sum = file.metadata_value("sha256");
  file.metadata.erase("sha256");
  const bool is_known = std::ranges::all_of(file.tensors, is_known_dtype, &Tensor::dtype);
  if (!is_known || checksum_of(file) != sum) {
    throw InputOutputError(file.source + ": its checksum is wrong");
  }
  require_format(file);
  Checkpoint found;
  for (const auto& [key, value] : file.metadata) {
    if (key.starts_with(fact_prefix)) {
      found.facts.emplace(key.substr(fact_prefix.size()), value);
    }
  }
  found.state.now.source = file.source;
  for (Tensor& tensor : file.tensors) {
    SafetensorsFile* state = &found.state.now;
    if (tensor.name.starts_with(cut_prefix)) {
      tensor.name.erase(0, cut_prefix.size());
      state = found.state.before_cut ? &*found.state.before_cut : &found.state.before_cut.emplace();
      state->source = file.source;
    }
    state->tensors.push_back(std::move(tensor));
  }
  return found;
}

}  // namespace

void CheckpointFolder::write(const CheckpointFacts& facts, const SavedState& state) {
  SafetensorsFile content;
  content.metadata = {{"format", std::string(format_name)}, {"format_version", std::string(format_version)}};
  for (const auto& [key, value] : facts) {
    content.metadata.emplace(std::string(fact_prefix) + key, value);
  }
  content.tensors = state.now.tensors;
  if (state.before_cut) {
    for (Tensor tensor : state.before_cut->tensors) {
      tensor.name.insert(0, cut_prefix);
      content.tensors.push_back(std::move(tensor));
    }
  }
  content.metadata.emplace("sha256", checksum_of(content));
  std::error_code error;
  fs::create_directory(m_path, error);  // not the folder of the run, which must be there: its other files are
  if (error) {
    throw InputOutputError(m_path.string() + ": cannot be created: " + error.message());
  }
  if (m_last == 0) {
    synchronise_folder(m_path.parent_path());
  }
  write_file_atomically(file(m_last + 1), serialize_safetensors(content));
  ++m_last;
  for (const std::int64_t number : numbers()) {
    if (number <= m_last - kept && !fs::remove(file(number), error) && error) {
      throw InputOutputError(file(number).string() + ": cannot be removed: " + error.message());
    }
  }
}

FoundCheckpoints CheckpointFolder::find() {
  FoundCheckpoints found;
  const std::vector<std::int64_t> all = numbers();
  for (auto number = all.rbegin(); number != all.rend() && !found.newest; ++number) {
    const std::string content = read_file(file(*number), std::uint64_t{1} << 40);
    try {
      found.newest = parse(content, file(*number));
      m_last = *number;
    } catch (const InputOutputError& error) {
      found.unusable.emplace_back(error.what());
    }
  }
  return found;
}

std::vector<std::int64_t> CheckpointFolder::numbers() const {
  std::vector<std::int64_t> found;
  std::error_code error;
  if (fs::symlink_status(m_path, error).type() == fs::file_type::not_found) {
    return found;
  }
  fs::directory_iterator entries(m_path, error);
  if (error) {
    throw InputOutputError(m_path.string() + ": cannot be read: " + error.message());
  }
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    std::int64_t number = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), number).ec == std::errc() &&
        name == file(number).filename()) {
      found.push_back(number);
    }
  }
  std::ranges::sort(found);
  return found;
}

fs::path CheckpointFolder::file(std::int64_t number) const { return m_path / fmt::format("{:06}{}", number, suffix); }

}  // namespace ailoop
