// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/app/assembly.hpp>
#include <ailoop/app/run_settings.hpp>
#include <ailoop/command/thread_check.hpp>
#include <ailoop/parallel/communicator.hpp>

#include <string>
#include <vector>

namespace ailoop {

/// What `--dry-run` prints: which rank does what on which node, threads, memory, and sizes of messages. Collective; the
/// text is on rank 0.
[[nodiscard]] std::string plan_text(const Communicator& comm, const RunSettings& settings, const Assembly& assembly,
                                    const Limits& limits, const std::vector<RankThreads>& threads);

}  // namespace ailoop
