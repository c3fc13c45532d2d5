// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <sys/resource.h>

#include <csignal>

namespace ailoop::test {

/// A disk that is full after `n` bytes in any one file: the system takes what fits and then fails with EFBIG, for root
/// too. Ends with the object.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t n) : m_old_action(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &m_old_limit);
    const rlimit limit{n, m_old_limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &m_old_limit);
    std::signal(SIGXFSZ, m_old_action);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  FileSizeLimit(FileSizeLimit&&) = delete;
  FileSizeLimit& operator=(FileSizeLimit&&) = delete;

 private:
  rlimit m_old_limit{};
  void (*m_old_action)(int);
};

}  // namespace ailoop::test
