// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The functions with which the C library allocates and locks, counted and handed on. The program's own definitions
// come before those of the C library for every object of the process, LibTorch included. What the MPI library does in a
// call is not counted: its functions have a second name with PMPI_ for that.
#include "call_counts.hpp"
#include <dlfcn.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <mpi.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

namespace {

std::atomic<std::int64_t> allocations{0};
std::atomic<std::int64_t> locks{0};

// What the MPI library does, in its calls and in threads of its own, is its own affair.
thread_local bool is_inside_mpi = false;
thread_local bool is_watched = false;

void count(std::atomic<std::int64_t>& counter) noexcept {
  if (is_watched && !is_inside_mpi) {
    counter.fetch_add(1, std::memory_order_relaxed);
  }
}

class InsideMpi {
 public:
  InsideMpi() noexcept { is_inside_mpi = true; }
  ~InsideMpi() { is_inside_mpi = false; }
  InsideMpi(const InsideMpi&) = delete;
  InsideMpi& operator=(const InsideMpi&) = delete;
};

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the C library's own names
extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

// Named as in the C library for the linker alone: its headers have declared these functions already.
void* counted_malloc(std::size_t size) asm("malloc");
void* counted_calloc(std::size_t n, std::size_t size) asm("calloc");
void* counted_realloc(void* old, std::size_t size) asm("realloc");
void* counted_memalign(std::size_t alignment, std::size_t size) asm("memalign");
void* counted_aligned_alloc(std::size_t alignment, std::size_t size) asm("aligned_alloc");
int counted_posix_memalign(void** result, std::size_t alignment, std::size_t size) asm("posix_memalign");
int counted_mutex_lock(pthread_mutex_t* mutex) asm("pthread_mutex_lock");

void* counted_malloc(std::size_t size) {
  count(allocations);
  return __libc_malloc(size);
}

void* counted_calloc(std::size_t n, std::size_t size) {
  count(allocations);
  return __libc_calloc(n, size);
}

void* counted_realloc(void* old, std::size_t size) {
  count(allocations);
  return __libc_realloc(old, size);
}

void* counted_memalign(std::size_t alignment, std::size_t size) {
  count(allocations);
  return __libc_memalign(alignment, size);
}

void* counted_aligned_alloc(std::size_t alignment, std::size_t size) {
  count(allocations);
  return __libc_memalign(alignment, size);
}

int counted_posix_memalign(void** result, std::size_t alignment, std::size_t size) {
  count(allocations);
  *result = __libc_memalign(alignment, size);
  return *result == nullptr ? ENOMEM : 0;
}

int counted_mutex_lock(pthread_mutex_t* mutex) {
  using Lock = int (*)(pthread_mutex_t*);
  static const auto original = reinterpret_cast<Lock>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
  count(locks);
  return original(mutex);
}

int MPI_Send(const void* buf, int count, MPI_Datatype datatype, int dest, int tag, MPI_Comm comm) {
  const InsideMpi inside;
  return PMPI_Send(buf, count, datatype, dest, tag, comm);
}

int MPI_Recv(void* buf, int count, MPI_Datatype datatype, int source, int tag, MPI_Comm comm, MPI_Status* status) {
  const InsideMpi inside;
  return PMPI_Recv(buf, count, datatype, source, tag, comm, status);
}

int MPI_Irecv(void* buf, int count, MPI_Datatype datatype, int source, int tag, MPI_Comm comm, MPI_Request* request) {
  const InsideMpi inside;
  return PMPI_Irecv(buf, count, datatype, source, tag, comm, request);
}

int MPI_Test(MPI_Request* request, int* flag, MPI_Status* status) {
  const InsideMpi inside;
  return PMPI_Test(request, flag, status);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace ailoop::test {

CallCounts call_counts() noexcept {
  is_watched = true;
  return {allocations.load(std::memory_order_relaxed), locks.load(std::memory_order_relaxed)};
}

void forbid_system_calls() {
  std::array<sock_filter, 4> program = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  }};
  const sock_fprog filter = {static_cast<unsigned short>(program.size()), program.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
    _exit(3);  // this kernel cannot forbid them
  }
}

void end_without_system_calls() { _exit(0); }

}  // namespace ailoop::test
