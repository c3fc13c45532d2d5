// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/append_file.hpp>

#include <ailoop/core/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace ailoop {
namespace {

// Room for the line that passes the capacity, so that usual lines never make the buffer grow.
constexpr std::size_t room_beyond_capacity = std::size_t{1} << 16;

/// Cuts `file` back by the last `n` bytes. \return false if it is none that can be cut (a pipe, a device)
bool cut_back(int file, std::size_t n) noexcept {
  struct stat status{};
  return ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && std::cmp_greater_equal(status.st_size, n) &&
         ::ftruncate(file, status.st_size - static_cast<off_t>(n)) == 0;
}

std::int64_t length_of(int file, const std::filesystem::path& path) {
  struct stat status{};
  if (::fstat(file, &status) != 0) detail::throw_system_error(path, "cannot be looked at", errno);
  if (S_ISREG(status.st_mode) && status.st_nlink == 0) {
    throw InputOutputError(path.string() + ": was removed while it was being written");
  }
  return static_cast<std::int64_t>(status.st_size);
}

}  // namespace

double AppendFile::bytes(std::size_t capacity) { return static_cast<double>(capacity + room_beyond_capacity); }

AppendFile::AppendFile(std::filesystem::path path, FileStart start, std::size_t capacity)
    : m_path(std::move(path)),
      m_file(detail::open_file(m_path, O_WRONLY | O_APPEND | (start == FileStart::empty ? O_CREAT | O_TRUNC : 0))),
      m_capacity(capacity) {
  if (!m_file.is_open()) detail::throw_system_error(m_path, "cannot be opened for writing", errno);
  m_buffer.reserve(m_capacity + room_beyond_capacity);
}

AppendFile::~AppendFile() {
  if (m_file.is_open()) static_cast<void>(flush_buffer());
}

void AppendFile::append(std::string_view line) {
  AILOOP_REQUIRE(m_file.is_open(), m_path.string() + ": is closed already");
  m_buffer += line;
  m_buffer += '\n';
  if (m_buffer.size() >= m_capacity) flush();
}

int AppendFile::flush_buffer() noexcept {
  const detail::Transfer written = detail::write_all(m_file.get(), m_buffer);
  const bool is_cut_back = written.error != 0 && written.bytes > 0 && cut_back(m_file.get(), written.bytes);
  if (!is_cut_back) m_buffer.erase(0, written.bytes);
  return written.error;
}

void AppendFile::flush() {
  if (!m_buffer.empty()) detail::require_no_error(m_path, "cannot be written", flush_buffer());
}

std::int64_t AppendFile::synchronise() {
  flush();
  detail::require_no_error(m_path, "cannot be written", detail::synchronise(m_file.get()));
  return length_of(m_file.get(), m_path);
}

void AppendFile::require_length(std::int64_t length) const {
  const std::int64_t found = length_of(m_file.get(), m_path);
  if (found < length) {
    throw InputOutputError(m_path.string() + ": has " + std::to_string(found) + " bytes; at least " +
                           std::to_string(length) + " were written");
  }
}

void AppendFile::cut(std::int64_t length) {
  AILOOP_REQUIRE(m_buffer.empty() && length >= 0, m_path.string() + ": cut while something is buffered");
  if (::ftruncate(m_file.get(), static_cast<off_t>(length)) != 0) {
    detail::throw_system_error(m_path, "cannot be cut", errno);
  }
}

void AppendFile::close() {
  if (!m_file.is_open()) return;
  flush();
  detail::require_no_error(m_path, "cannot be closed", m_file.close());
}

}  // namespace ailoop
