// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/communicator.hpp>

#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace ailoop {

/// An error that every rank of a communicator throws with the same kind and message.
class AgreedError : public Error {
 public:
  using Error::Error;
};

/// What went wrong on one rank, in a form that travels.
struct LocalFailure {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  bool names_rank = false;  ///< the message says on which rank it went wrong; all agree on it already
};

/// Describes the exception that is being handled. Call it inside a catch block only.
/// \param[in] phase what was being done, e.g. "sampling": the message begins with it; empty where it would tell nothing
[[nodiscard]] LocalFailure current_failure(std::string_view phase = {});

/// Runs `work`.
/// \param[in] phase as in current_failure
/// \return what it threw
template <class Work>
[[nodiscard]] std::optional<LocalFailure> failure_of(std::string_view phase, Work&& work) {
  try {
    work();
  } catch (...) {
    return current_failure(phase);
  }
  return std::nullopt;
}

/// Makes the failure of any rank the failure of all. Collective; cheap when nobody failed (one reduction).
/// \param[in] failure of this rank
/// \throws AgreedError on every rank if any rank failed: the lowest failing rank's kind, and its message with that rank
void agree_or_throw(const Communicator& comm, const std::optional<LocalFailure>& failure);

/// Runs `work` here, then agrees on its failures. Collective. What `work` throws is this rank's failure, whatever it
/// is: an AgreedError of another communicator says nothing of the ranks of this one.
/// \param[in] phase as in current_failure
template <class Work>
void agreed(const Communicator& comm, std::string_view phase, Work&& work) {
  agree_or_throw(comm, failure_of(phase, work));
}

/// The same for work that rank 0 does for all.
template <class Work>
void agreed_on_rank_0(const Communicator& comm, std::string_view phase, Work&& work) {
  agreed(comm, phase, [&] {
    if (comm.rank() == 0) {
      work();
    }
  });
}

}  // namespace ailoop
