// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace ailoop {

/// What an error is about; the command maps each kind to an exit code.
enum class ErrorKind : int {
  internal = 1,   ///< a violated precondition or invariant: a defect in ailoop or in the code that calls it
  dependency,     ///< a call into MPI, Kokkos, LibTorch or the operating system failed
  input_output,   ///< a file or folder could not be read or written
  configuration,  ///< the command line, the configuration or an input file it names is wrong
  numerical,      ///< training diverged, or a simulation returned a value that is not finite
};

/// Base of every exception that ailoop throws.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), m_kind(kind) {}

  [[nodiscard]] ErrorKind kind() const noexcept { return m_kind; }

 private:
  ErrorKind m_kind;
};

/// An error of one kind.
template <ErrorKind of_kind>
class ErrorOfKind : public Error {
 public:
  explicit ErrorOfKind(const std::string& message) : Error(of_kind, message) {}
};

/// A caller broke a documented precondition.
using UsageError = ErrorOfKind<ErrorKind::internal>;

/// A library that ailoop calls reported a failure.
using DependencyError = ErrorOfKind<ErrorKind::dependency>;

/// A file or folder could not be read or written.
using InputOutputError = ErrorOfKind<ErrorKind::input_output>;

/// The command line, the configuration or a file it names is wrong; the message says where, what was found and what is
/// allowed.
using ConfigurationError = ErrorOfKind<ErrorKind::configuration>;

/// A computation left the range of finite numbers.
using NumericalError = ErrorOfKind<ErrorKind::numerical>;

/// A value of one setting of a section is wrong; whoever knows the section puts its name and the place before the
/// message.
class SettingError : public ConfigurationError {
 public:
  /// \param key of the setting within its section, with an index where an element of a list is meant: `columns[1]`
  SettingError(std::string key, const std::string& message) : ConfigurationError(message), m_key(std::move(key)) {}

  [[nodiscard]] const std::string& key() const noexcept { return m_key; }

 private:
  std::string m_key;
};

namespace detail {

/// \throws UsageError always; kept out of line of the check so that the fast path stays small
[[noreturn]] inline void throw_usage_error(std::string_view message, const std::source_location& where) {
  throw UsageError(std::string(message) + " (" + where.file_name() + ":" + std::to_string(where.line()) + ")");
}

}  // namespace detail
}  // namespace ailoop

/// Throws UsageError with `message` and the place of the check unless `ok` holds. Host code only.
#define AILOOP_REQUIRE(ok, message)                                                    \
  do {                                                                                 \
    if (!(ok)) {                                                                       \
      ::ailoop::detail::throw_usage_error((message), std::source_location::current()); \
    }                                                                                  \
  } while (false)
