#include <ailoop/parallel/waiting.hpp>

#include <ailoop/parallel/mpi_call.hpp>

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace ailoop {

namespace {

constexpr int polls_before_sleep = 100;
constexpr int longest_pause = 10;  // doublings of the shortest sleep; further ones change nothing
constexpr std::chrono::microseconds shortest_sleep{20};
constexpr std::chrono::microseconds longest_sleep{1000};

void pause_between_polls(int polls, Waiting waiting) {
  if (waiting == Waiting::yield || polls < polls_before_sleep) {
    sched_yield();
    return;
  }
  const int doublings = polls - polls_before_sleep;
  std::this_thread::sleep_for(std::min(shortest_sleep * (1 << doublings), longest_sleep));
}

}  // namespace

void receive(void* buffer, int count, MPI_Datatype type, int source, int tag, MPI_Comm comm, Waiting waiting) {
  if (waiting == Waiting::spin) {
    AILOOP_MPI(MPI_Recv(buffer, count, type, source, tag, comm, MPI_STATUS_IGNORE));
    return;
  }
  MPI_Request request = MPI_REQUEST_NULL;
  AILOOP_MPI(MPI_Irecv(buffer, count, type, source, tag, comm, &request));
  int done = 0;
  for (int polls = 0;;) {
    AILOOP_MPI(MPI_Test(&request, &done, MPI_STATUS_IGNORE));
    if (done != 0) {
      return;
    }
    pause_between_polls(polls, waiting);
    polls = std::min(polls + 1, polls_before_sleep + longest_pause);
  }
}

}  // namespace ailoop
