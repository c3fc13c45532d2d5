// Preloaded into a program: writes to temporary files take long, and a file exists as long as one is under way, so that
// a test can kill the program inside it. AILOOP_SLOW_WRITE names that file.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
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
  if (marker == nullptr || size < 2 || !is_temporary(descriptor)) {
    return real_write(descriptor, data, size);
  }
  const ssize_t written = real_write(descriptor, data, size / 2);  // the caller writes the rest
  const int file = open(marker, O_WRONLY | O_CREAT, 0644);
  usleep(delay_us);
  close(file);
  unlink(marker);
  return written;
}
