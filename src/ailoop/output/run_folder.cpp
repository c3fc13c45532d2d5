// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/output/run_folder.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/storage/atomic_file.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <ranges>
#include <system_error>
#include <thread>

namespace ailoop {

namespace {

namespace fs = std::filesystem;

constexpr const char* set_aside_name = "earlier";
constexpr const char* set_aside_mark = ".set-aside";  // in a folder that may be removed

/// \throws ConfigurationError if there is an error
void require_usable(const fs::path& path, const std::error_code& error) {
  if (error) {
    throw ConfigurationError(path.string() + " cannot be used: " + error.message() +
                             "; a folder that can be written is expected");
  }
}

void require_writable(const fs::path& folder) {
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    require_usable(folder, std::error_code(errno, std::generic_category()));
  }
}

/// The path, or the nearest folder above it that is there; a link that leads nowhere is there.
fs::path existing_part(fs::path path) {
  while (true) {
    std::error_code error;
    const fs::file_status status = fs::symlink_status(path, error);
    if (fs::exists(status)) {
      return path;
    }
    if (status.type() == fs::file_type::none) {
      require_usable(path, error);
    }
    path = path.has_parent_path() ? path.parent_path() : fs::path(".");
  }
}

/// The first {parent}/{name}-{n} that does not exist, created; two runs that start together get two folders.
fs::path create_next_free(const fs::path& parent, const std::string& name) {
  std::error_code error;
  fs::create_directories(parent, error);
  require_usable(parent, error);
  for (std::int64_t n = 1;; ++n) {
    const fs::path candidate = parent / (name + "-" + std::to_string(n));
    if (fs::create_directory(candidate, error)) {
      return candidate;
    }
    if (error != std::errc::file_exists && error != std::errc::not_a_directory) {
      require_usable(candidate, error);
    }
  }
}

/// The folders {parent}/{name}-{n}, the one with the highest n first.
std::vector<fs::path> numbered_folders(const fs::path& parent, const std::string& name) {
  std::map<std::int64_t, fs::path, std::greater<>> folders;
  std::error_code error;
  const std::string prefix = name + "-";
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, error)) {
    const std::string found = entry.path().filename().string();
    if (found.starts_with(prefix) && entry.is_directory(error)) {
      std::int64_t n = 0;
      const char* const end = found.data() + found.size();
      const auto [stop, problem] = std::from_chars(found.data() + prefix.size(), end, n);
      if (problem == std::errc() && stop == end && n > 0) {
        folders.emplace(n, entry.path());
      }
    }
  }
  const auto paths = folders | std::views::values;
  return {paths.begin(), paths.end()};
}

/// Keeps a folder for one process while the result lives: nobody else gets it on this node; whether on other nodes
/// depends on the file system, and one that knows no locks keeps nothing. The system lets go of it however the process
/// ends.
/// \throws ConfigurationError if another process keeps it for so long, or it cannot be opened
detail::FileDescriptor locked(const fs::path& folder, std::chrono::milliseconds patience) {
  detail::FileDescriptor lock = detail::open_file(folder, O_RDONLY | O_DIRECTORY);
  if (!lock.is_open()) {
    throw ConfigurationError(folder.string() + ": cannot be opened: " + std::generic_category().message(errno));
  }
  const auto last_try = std::chrono::steady_clock::now() + patience;
  while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 && (errno == EWOULDBLOCK || errno == EINTR)) {
    if (std::chrono::steady_clock::now() >= last_try) {
      throw ConfigurationError(folder.string() + ": is in use by another run");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return lock;
}

}  // namespace

RunFolder RunFolder::create(const std::optional<std::string>& directory, const std::string& config_name,
                            FilesThere files_there, const std::vector<fs::path>& inputs) {
  check(directory, files_there, inputs);
  RunFolder folder(directory ? fs::path(*directory) : create_next_free("runs", config_name));
  std::error_code error;
  if (directory) {
    fs::create_directories(folder.path(), error);
    require_usable(folder.path(), error);
  }
  require_writable(folder.path());
  folder.m_lock = locked(folder.path(), std::chrono::seconds(10));  // ranks of a killed run may live on for a moment
  if (files_there == FilesThere::overwritten) {
    folder.set_aside();
  }
  remove_leftovers(folder.path());
  remove_leftovers(folder.checkpoints());
  return folder;
}

void RunFolder::check(const std::optional<std::string>& directory, FilesThere files_there,
                      const std::vector<fs::path>& inputs) {
  const RunFolder folder(directory.value_or("runs"));
  const fs::path existing = existing_part(folder.path());
  std::error_code error;
  if (!fs::is_directory(existing, error)) {
    require_usable(existing, std::make_error_code(std::errc::not_a_directory));
  }
  require_writable(existing);
  if (!directory || existing != folder.path()) {
    return;  // the run's folder will be a new one
  }
  const bool is_empty = fs::is_empty(folder.path(), error);
  require_usable(folder.path(), error);
  if (!is_empty && files_there == FilesThere::refused) {
    throw ConfigurationError(folder.path().string() +
                             " holds files; name another folder, go on with --resume, or overwrite them with --force");
  }
  const std::vector<fs::path> files = {folder.config(), folder.events(), folder.answers(), folder.model(),
                                       folder.summary()};
  std::vector<fs::path> removed = folder.folders_set_aside();
  removed.push_back(folder.checkpoints());
  for (const fs::path& input : inputs) {
    const bool is_overwritten = std::ranges::any_of(files, [&](const fs::path& file) {
      // a run may go on with the settings that it left
      return fs::equivalent(file, input, error) && !(files_there == FilesThere::kept && file == folder.config());
    });
    const bool is_removed = std::ranges::any_of(
        removed, [&](const fs::path& parent) { return fs::equivalent(parent, input.parent_path(), error); });
    if (is_overwritten || is_removed) {
      throw ConfigurationError(input.string() + " is an input of this run and would be " +
                               (is_removed ? "removed" : "overwritten") + "; name another folder");
    }
  }
}

std::vector<fs::path> RunFolder::runs_of(const std::string& config_name) {
  return numbered_folders("runs", config_name);
}

// The log comes last: what it tells of is looked for only where it is.
std::vector<fs::path> RunFolder::results() const {
  return {checkpoints(), answer_parts(), answers(), model(), summary(), events()};
}

bool RunFolder::holds_results() const {
  return std::ranges::any_of(results(), [](const fs::path& path) {
    std::error_code error;
    return fs::exists(fs::symlink_status(path, error)) && !fs::is_empty(path, error);
  });
}

std::vector<fs::path> RunFolder::folders_set_aside() const {
  std::vector<fs::path> folders = numbered_folders(path(), set_aside_name);
  std::error_code error;
  std::erase_if(folders, [&](const fs::path& folder) { return !fs::exists(folder / set_aside_mark, error); });
  return folders;
}

void RunFolder::set_aside() const {
  if (!holds_results()) {
    return;
  }
  const fs::path aside = create_next_free(path(), set_aside_name);
  write_file_atomically(aside / set_aside_mark, "of an earlier run; removed once a new one has converged\n");
  std::error_code error;
  // a copy: it may be what this run was started with, and is replaced as a whole
  fs::copy_file(config(), aside / config().filename(), error);
  if (error != std::errc::no_such_file_or_directory) {
    require_usable(config(), error);
  }
  for (const fs::path& result : results()) {
    fs::rename(result, aside / result.filename(), error);
    if (error != std::errc::no_such_file_or_directory) {
      require_usable(result, error);
    }
  }
}

void RunFolder::remove_set_aside() const {
  for (const fs::path& folder : folders_set_aside()) {
    const RunFolder aside(folder);
    std::vector<fs::path> all = aside.results();
    all.push_back(aside.config());
    all.push_back(folder / set_aside_mark);
    std::error_code error;
    for (const fs::path& file : all) {
      fs::remove_all(file, error);
    }
    fs::remove(folder, error);  // stays where somebody else put something into it
  }
}

}  // namespace ailoop
