// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The floor under every program that decides over MPI: the collectives alone, of the sizes that a check and a
// retraining have, and the start of MPI. Prints JSON.
//
// Fewer checks than CHECKS (100,000) where these would take longer than a few seconds.
//
// usage: mpiexec -n P bare_mpi [CHECKS [SAMPLES]]

#include "bare_collectives.hpp"
#include "perf/process/duration_summary.hpp"
#include "perf/process/process_facts.hpp"
#include <mpi.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <string_view>
#include <system_error>

namespace ailoop::perf {
namespace {

constexpr int decision_bytes = 32;  // kind, end, number of queries, one query
constexpr int share_bytes = 16;     // a verdict and the value of one term
constexpr int row_bytes = 8;        // x and y as float32

template <class Work>
nlohmann::json timed(int count, Work&& work) {
  for (int i = 0; i < count / 10; ++i) {
    work();
  }
  DurationSummary durations(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const double start = MPI_Wtime();
    work();
    durations.add(MPI_Wtime() - start);
  }
  return durations.json(/*with_histogram=*/true);
}

/// The number that an argument gives, or `otherwise` where there is none; 0 for what is no number.
int number(int argc, char** argv, int i, int otherwise) {
  if (i >= argc) {
    return otherwise;
  }
  const std::string_view text = argv[i];
  int value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  return end.ec == std::errc() && end.ptr == text.data() + text.size() ? value : 0;
}

void measure(int most_checks, int samples, double start_s) {
  constexpr double seconds = 2.0;  // of each kind
  const int checks = affordable_checks(MPI_COMM_WORLD, seconds, most_checks);
  int size = 1;
  int rank = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  BareCheck check(MPI_COMM_WORLD, decision_bytes, share_bytes);
  BareRetraining retraining(MPI_COMM_WORLD, decision_bytes, samples, row_bytes);
  nlohmann::json out = {{"ranks", size}, {"samples", samples}, {"start_s", start_s}};
  out["gather_bcast"] = timed(checks, [&] { check.gather(); });
  out["reduce_bcast"] = timed(checks, [&] { check.reduce(); });
  out["gatherv_bcast"] = timed(std::max(checks / 10, 10), [&] { retraining.gather(); });
  if (rank == 0) {
    std::cout << out << '\n';
  }
}

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  const double start_s = ailoop::perf::seconds_since_exec().value_or(0.0);
  const int checks = ailoop::perf::number(argc, argv, 1, 100'000);
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const int samples = ailoop::perf::number(argc, argv, 2, 32 * size);
  if (checks < 10 || samples < 1) {
    std::cerr << "usage: mpiexec -n P bare_mpi [CHECKS [SAMPLES]]: at least 10 checks and a sample\n";
    MPI_Abort(MPI_COMM_WORLD, 2);
  }
  ailoop::perf::measure(checks, samples, start_s);
  MPI_Finalize();
  return 0;
}
