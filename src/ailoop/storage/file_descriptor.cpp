// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/file_descriptor.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace ailoop::detail {
namespace {

// Linux transfers at most 0x7ffff000 bytes a call; a smaller piece keeps the arithmetic away from that edge.
constexpr std::size_t largest_transfer = std::size_t{1} << 30;

/// Calls `call(at, piece)`, which says how many bytes it transferred, until all are, or it transfers none.
template <class Call>
Transfer transfer(std::size_t size, const Call& call) noexcept {
  Transfer done;
  while (done.bytes < size) {
    const ssize_t n = call(done.bytes, std::min(size - done.bytes, largest_transfer));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) done.error = errno;
    if (n <= 0) break;
    done.bytes += as_size(n);
  }
  return done;
}

std::string kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
  return "a special file";
}

}  // namespace

FileDescriptor::~FileDescriptor() { close(); }

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    close();
    m_descriptor = std::exchange(other.m_descriptor, -1);
  }
  return *this;
}

int FileDescriptor::close() noexcept {
  if (m_descriptor < 0) return 0;
  // After EINTR the descriptor is already released on Linux, so a second close could hit somebody else's file.
  const int result = ::close(std::exchange(m_descriptor, -1));
  return (result == 0 || errno == EINTR) ? 0 : errno;
}

FileDescriptor open_file(const std::filesystem::path& path, int flags, unsigned mode) noexcept {
  int descriptor = -1;
  do {
    descriptor = ::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, mode);  // NOLINT(*-vararg): the system's interface
  } while (descriptor < 0 && errno == EINTR);
  return FileDescriptor(descriptor);
}

Transfer write_all(int descriptor, std::string_view bytes) noexcept {
  Transfer done = transfer(
      bytes.size(), [&](std::size_t at, std::size_t piece) { return ::write(descriptor, bytes.data() + at, piece); });
  if (done.error == 0 && done.bytes < bytes.size()) done.error = EIO;
  return done;
}

Transfer read_all(int descriptor, std::span<char> buffer) noexcept {
  return transfer(buffer.size(),
                  [&](std::size_t at, std::size_t piece) { return ::read(descriptor, buffer.data() + at, piece); });
}

int synchronise(int descriptor) noexcept {
  int result = 0;
  do {
    result = ::fsync(descriptor);
  } while (result != 0 && errno == EINTR);
  if (result == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS) return 0;
  return errno;
}

OpenedFile open_regular_file(const std::filesystem::path& path, std::uint64_t size_limit) {
  OpenedFile file;
  file.descriptor = open_file(path, O_RDONLY | O_NONBLOCK);
  if (!file.descriptor.is_open()) throw_system_error(path, "cannot be opened for reading", errno);
  struct stat status{};
  if (::fstat(file.descriptor.get(), &status) != 0) throw_system_error(path, "cannot be examined", errno);
  if (!S_ISREG(status.st_mode)) {
    throw InputOutputError(path.string() + ": is " + kind_of(status.st_mode) + "; a regular file is allowed");
  }
  file.size = static_cast<std::uint64_t>(status.st_size);
  if (file.size > size_limit) {
    throw InputOutputError(path.string() + ": has " + std::to_string(file.size) + " bytes; at most " +
                           std::to_string(size_limit) + " are allowed");
  }
  return file;
}

void throw_system_error(const std::filesystem::path& path, std::string_view what, int error) {
  throw InputOutputError(path.string() + ": " + std::string(what) + ": " + std::generic_category().message(error));
}

void require_no_error(const std::filesystem::path& path, std::string_view what, int error) {
  if (error != 0) throw_system_error(path, what, error);
}

}  // namespace ailoop::detail
