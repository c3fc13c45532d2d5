// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace ailoop::test {

/// Makes GoogleTest aware of the ranks: rank 0 reports as usual, the others only report what fails, each failure with
/// its rank; at the end of every case all ranks agree, so that a case that fails on one rank fails on all.
void install_rank_listeners();

}  // namespace ailoop::test
