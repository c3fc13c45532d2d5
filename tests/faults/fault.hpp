// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <cstdint>
#include <string_view>

namespace ailoop::test {

/// Parts of a run in which a fault can be made to happen.
enum class Phase { start, predicting, approximating, bounding, truth_of_queries, sampling, training };

/// Comes by whenever this process begins `phase`. Does nothing, or what the environment variable AILOOP_FAULT says:
/// `PHASE:KIND:RANK:CALL`, for the CALL-th time (from 1) on that rank of MPI_COMM_WORLD. KIND is
/// throw         an exception
/// out_of_memory an allocation that cannot succeed
/// segfault      SIGSEGV
/// kill          SIGKILL
/// full_disk     no file of this process can grow from now on
/// vanish        the folder AILOOP_FAULT_FOLDER is removed
/// nan           (in every call from then on) true is returned: the caller spoils its result
[[nodiscard]] bool fault_point(Phase phase);

}  // namespace ailoop::test
