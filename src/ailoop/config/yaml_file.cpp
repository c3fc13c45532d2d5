#include <ailoop/config/yaml_file.hpp>

#include <ailoop/config/yaml_loader.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>

namespace ailoop {
namespace {

/// A descriptor that is closed in the end.
struct OpenFile {
  explicit OpenFile(int number) : descriptor(number) {}
  ~OpenFile() {
    if (descriptor >= 0) {
      ::close(descriptor);
    }
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int descriptor;
};

}  // namespace

std::string read_configuration_file(const std::filesystem::path& file) {
  const auto refuse = [&](const std::string& why) {
    return ConfigurationError(fmt::format("{}: cannot be read: {}; a YAML file is expected", file.string(), why));
  };
  // Not blocking: a FIFO without a writer would be waited for.
  const OpenFile opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));  // NOLINT(*-vararg)
  struct stat status{};
  if (opened.descriptor < 0 || ::fstat(opened.descriptor, &status) != 0) {
    throw refuse(std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    throw refuse(S_ISDIR(status.st_mode) ? "it is a folder" : "it is not a regular file");
  }
  std::string text(YamlLimits::bytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(opened.descriptor, text.data() + size, text.size() - size);
    if (got < 0 && errno != EINTR) {
      throw refuse(std::generic_category().message(errno));
    }
    if (got == 0) {
      break;
    }
    size += as_size(std::max<ssize_t>(got, 0));
  }
  text.resize(size);
  return text;
}

}  // namespace ailoop
