#include <ailoop/storage/folder_lock.hpp>

#include <ailoop/core/error.hpp>

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <thread>

namespace ailoop {

FolderLock::FolderLock(const std::filesystem::path& folder, std::chrono::milliseconds patience)
    : m_folder(detail::open_file(folder, O_RDONLY | O_DIRECTORY)) {
  if (!m_folder.is_open()) detail::throw_system_error(folder, "cannot be opened", errno);
  constexpr std::chrono::milliseconds pause{50};
  const auto last_try = std::chrono::steady_clock::now() + patience;
  while (::flock(m_folder.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return;
    if (std::chrono::steady_clock::now() >= last_try) {
      throw InputOutputError(folder.string() + ": is in use by another run");
    }
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace ailoop
