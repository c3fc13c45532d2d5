// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Preloaded into a program, which then writes its temporary files slowly or not at all. AILOOP_SLOW_WRITE names a file
// that exists as long as a write is under way, so that a test can kill the program inside it. Where the file that
// AILOOP_FULL_DISK names exists, the disk is full.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr useconds_t delay_us = 60'000;

bool is_temporary(int descriptor) {
  std::array<char, 4096> name{};
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t length = readlink(link.c_str(), name.data(), name.size() - 1);
  return length > 0 && std::strstr(name.data(), "/.ailoop-") != nullptr;
}

}  // namespace

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system header has reserved names
extern "C" ssize_t write(int descriptor, const void* data, size_t size) {
  using Write = ssize_t (*)(int, const void*, size_t);
  static const auto real_write = reinterpret_cast<Write>(dlsym(RTLD_NEXT, "write"));
  const char* const marker = std::getenv("AILOOP_SLOW_WRITE");
  const char* const full_disk = std::getenv("AILOOP_FULL_DISK");
  if ((marker == nullptr && full_disk == nullptr) || size < 2 || !is_temporary(descriptor)) {
    return real_write(descriptor, data, size);
  }
  if (full_disk != nullptr && access(full_disk, F_OK) == 0) {
    errno = ENOSPC;
    return -1;
  }
  const ssize_t written = real_write(descriptor, data, size / 2);  // the caller writes the rest
  if (marker != nullptr) {
    const int file = open(marker, O_WRONLY | O_CREAT, 0644);
    usleep(delay_us);
    close(file);
    unlink(marker);
  }
  return written;
}
