#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/parallel/communicator.hpp>

#include <exception>
#include <string>

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
};

/// Describes the exception that is being handled. Call it inside a catch block only.
[[nodiscard]] LocalFailure current_failure();

/// Makes the failure of any rank the failure of all. Collective; cheap when nobody failed (one reduction).
/// \param[in] failure this rank's failure, or nullptr
/// \throws AgreedError on every rank if any rank failed: the lowest failing rank's kind, and its message with that rank
void agree_or_throw(const Communicator& comm, const LocalFailure* failure);

/// Runs `work` here, then agrees on its failures. Collective.
template <class Work>
void agreed(const Communicator& comm, Work&& work) {
  try {
    work();
  } catch (const AgreedError&) {
    throw;
  } catch (...) {
    const LocalFailure failure = current_failure();
    agree_or_throw(comm, &failure);
  }
  agree_or_throw(comm, nullptr);
}

}  // namespace ailoop
