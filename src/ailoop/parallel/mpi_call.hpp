// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <mpi.h>

namespace ailoop::detail {

/// \throws DependencyError naming `call` and MPI's own text for `code`, unless `code` is MPI_SUCCESS
void check_mpi(int code, const char* call);

/// \throws UsageError naming `caller` unless MPI is running and was started so that this thread may call it
void require_mpi(const char* caller);

}  // namespace ailoop::detail

/// Makes an MPI call and throws DependencyError when it fails.
/// Only communicators whose error handler is MPI_ERRORS_RETURN (every Communicator) get as far as throwing.
#define AILOOP_MPI(call) ::ailoop::detail::check_mpi((call), #call)
