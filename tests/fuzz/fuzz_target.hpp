// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string_view>

namespace ailoop::test {

/// What each target defines: hands `input` to a reader and checks what it says of it.
void run_target(std::string_view input);

/// Aborts, which a fuzzer counts as a finding, unless `ok` holds.
inline void require(bool ok, std::string_view what,
                    const std::source_location& where = std::source_location::current()) {
  if (ok) return;
  std::fprintf(stderr, "%s:%u: does not hold: %.*s\n", where.file_name(), static_cast<unsigned>(where.line()),
               static_cast<int>(what.size()), what.data());
  std::abort();
}

/// Every message is one line of moderate length that begins with where the input comes from.
inline void require_good_message(std::string_view message, std::string_view source) {
  require(message.starts_with(source), "the message begins with the source");
  require(message.find_first_of("\r\n") == std::string_view::npos, "the message is one line");
  require(message.size() < 4096, "the message is short");
}

}  // namespace ailoop::test
