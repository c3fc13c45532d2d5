// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

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

}  // namespace ailoop
