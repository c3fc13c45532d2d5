#include <ailoop/storage/atomic_file.hpp>

#include <ailoop/storage/file_descriptor.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

namespace ailoop {
namespace {

constexpr std::string_view temporary_prefix = ".ailoop-";
constexpr std::string_view temporary_suffix = ".tmp";

/// Removes the temporary file unless it has become the real one.
class Temporary {
 public:
  explicit Temporary(const std::filesystem::path& folder) {
    // Another process (on another node, with the same id) may have left a file of this name: take the next one.
    for (int attempt = 0; attempt < 10000; ++attempt) {
      m_path = folder / (std::string(temporary_prefix) + std::to_string(::getpid()) + "-" + std::to_string(attempt) +
                         std::string(temporary_suffix));
      m_file = detail::open_file(m_path, O_WRONLY | O_CREAT | O_EXCL);
      m_exists = m_file.is_open();
      if (m_exists || errno != EEXIST) return;
    }
  }
  ~Temporary() {
    if (m_exists) ::unlink(m_path.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  Temporary(Temporary&&) = delete;
  Temporary& operator=(Temporary&&) = delete;

  [[nodiscard]] bool exists() const { return m_exists; }
  [[nodiscard]] detail::FileDescriptor& file() { return m_file; }

  [[nodiscard]] bool rename_to(const std::filesystem::path& path) {
    if (::rename(m_path.c_str(), path.c_str()) != 0) return false;
    m_exists = false;
    return true;
  }

 private:
  std::filesystem::path m_path;
  detail::FileDescriptor m_file;
  bool m_exists = false;
};

}  // namespace

void synchronise_folder(const std::filesystem::path& folder) {
  const detail::FileDescriptor folder_file = detail::open_file(folder, O_RDONLY | O_DIRECTORY);
  if (!folder_file.is_open()) detail::throw_system_error(folder, "cannot be opened to make a rename durable", errno);
  detail::require_no_error(folder, "cannot make a rename durable", detail::synchronise(folder_file.get()));
}

void write_file_atomically(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  Temporary temporary(folder);
  if (!temporary.exists()) detail::throw_system_error(path, "cannot be created", errno);

  detail::FileDescriptor& file = temporary.file();
  detail::require_no_error(path, "cannot be written", detail::write_all(file.get(), text).error);
  detail::require_no_error(path, "cannot be written", detail::synchronise(file.get()));
  detail::require_no_error(path, "cannot be written", file.close());
  if (!temporary.rename_to(path)) detail::throw_system_error(path, "cannot be replaced", errno);

  synchronise_folder(folder);
}

void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  write_file_atomically(path, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) detail::throw_system_error(to, "cannot be replaced", errno);
  synchronise_folder(to.parent_path());
}

void remove_leftovers(const std::filesystem::path& folder) {
  std::error_code error;  // what cannot be removed does no harm
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(temporary_prefix) && name.ends_with(temporary_suffix)) {
      std::filesystem::remove(entry.path(), error);
    }
  }
}

}  // namespace ailoop
