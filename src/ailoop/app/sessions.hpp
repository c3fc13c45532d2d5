#pragma once

#include <ailoop/kernels/kokkos_compat.hpp>

namespace ailoop {

/// Keeps MPI running; ends it only if it started it.
class MpiSession {
 public:
  /// \throws DependencyError if MPI does not support threads
  /// \throws UsageError      if MPI runs already and does not allow this thread to call it
  MpiSession(int& argc, char**& argv);
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;

 private:
  bool m_started_here = false;
};

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
