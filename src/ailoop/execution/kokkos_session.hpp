// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>

namespace ailoop {

/// Version of Kokkos, e.g. "3.4.01".
[[nodiscard]] std::string kokkos_version();

/// Whether Kokkos runs.
[[nodiscard]] bool is_kokkos_initialized();

/// How Kokkos is to start when the user asks for nothing else.
struct KokkosSettings {
  int threads = 0;       ///< host threads of this process; 0: Kokkos decides
  bool warnings = true;  ///< whether Kokkos may print warnings, on stderr
  bool speaks = true;    ///< whether `--kokkos-help` and the like are obeyed; true for one process of a run
};

/// Starts Kokkos, once a process. Only arguments that begin with `--kokkos-` are shown to it; those it takes are
/// removed from argv, those it does not know stay there for the caller to report. Host threads come from the first of:
/// thread_wishes; `settings.threads`; Kokkos' own choice.
/// \param[in]     settings used where the user says nothing
/// \param[in,out] argc     number of arguments, the program's name included
/// \param[in,out] argv     the arguments, argv[argc] is a null pointer
/// \throws ConfigurationError if an argument has a value that Kokkos cannot use
/// \throws UsageError         if Kokkos runs already or settings.threads is negative
void kokkos_initialize(const KokkosSettings& settings, int& argc, char** argv);

/// Keeps Kokkos running; ends it only if it started it. All Views must be gone by then.
class KokkosSession {
 public:
  /// \throws ConfigurationError if an argument is left that begins with --kokkos- and that Kokkos does not know
  KokkosSession(int& argc, char** argv, const KokkosSettings& settings);
  ~KokkosSession();
  KokkosSession(const KokkosSession&) = delete;
  KokkosSession& operator=(const KokkosSession&) = delete;

 private:
  bool m_started_here = false;
};

}  // namespace ailoop
