// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What training on all ranks adds and saves: the sum of a step's blocks by BlockSum, conversions included, against a
// plain MPI_Allreduce of as many doubles; and a fit of least squares to samples that all ranks share. By turns in one
// start; prints the seconds of each repetition, for the slowest rank.

#include <ailoop/core/index_range.hpp>
#include <ailoop/execution/kokkos_session.hpp>
#include <ailoop/parallel/block_sum.hpp>
#include <ailoop/parallel/mpi_session.hpp>
#include <ailoop/sampling/shared_samples.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>
#include <ailoop/training/least_squares_trainer.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <vector>

namespace ailoop::perf {
namespace {

using Clock = std::chrono::steady_clock;

struct Wanted {
  std::int64_t numbers = 4608;  // 36 kB
  std::int64_t samples = 100'000;
  std::int64_t inputs = 8;
  std::int64_t degree = 4;
  int sums = 200;
  int fits = 3;
};

/// Seconds of each of so many calls of each kind of work, by turns, after one round that is not counted.
std::vector<std::vector<double>> seconds_of(const Communicator& comm, int repetitions,
                                            const std::vector<std::function<void()>>& works) {
  std::vector<std::vector<double>> seconds(works.size());
  for (int i = 0; i <= repetitions; ++i) {
    for (std::size_t k = 0; k < works.size(); ++k) {
      MPI_Barrier(comm.get());
      const auto start = Clock::now();
      works[k]();
      double taken = std::chrono::duration<double>(Clock::now() - start).count();
      MPI_Allreduce(MPI_IN_PLACE, &taken, 1, MPI_DOUBLE, MPI_MAX, comm.get());
      if (i > 0) {
        seconds[k].push_back(taken);
      }
    }
  }
  return seconds;
}

/// This rank's blocks of samples of a smooth function.
SampleSet samples_of(const Communicator& comm, const Wanted& wanted) {
  constexpr std::int64_t block = kernels::normal_block_points;
  const std::int64_t blocks = (wanted.samples + block - 1) / block;
  const IndexRange own = block_of(blocks, comm.size(), comm.rank());
  const IndexRange mine{own.first * block, std::min(own.last * block, wanted.samples)};
  SampleSet samples(Precision::float64, std::max<std::int64_t>(mine.size(), 0), wanted.inputs, 1);
  const auto& rows = std::get<ArrayOf<double>>(samples.rows());
  for (std::int64_t i = 0; i < samples.count(); ++i) {
    double sum = 0.0;
    for (std::int64_t j = 0; j < wanted.inputs; ++j) {
      const double x = std::fmod(0.6180339887 * static_cast<double>((mine.first + i + 1) * (j + 1)), 1.0);
      rows(i, j) = x;
      sum += x;
    }
    rows(i, wanted.inputs) = std::sin(sum);
  }
  return samples;
}

void measure(const Communicator& comm, const Wanted& wanted) {
  std::vector<double> numbers(as_size(wanted.numbers));
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    numbers[k] = std::sin(static_cast<double>(k) + comm.rank());
  }
  std::vector<double> sums = numbers;
  BlockSum sum(comm, wanted.numbers, 1);
  const std::int64_t blocks = std::max(comm.size(), 2);
  const auto add_up = [&] { sum.add_up(blocks, [&](const BlockSum::Add& add) { add(numbers); }, sums); };
  const auto plain = [&] {
    MPI_Allreduce(numbers.data(), sums.data(), static_cast<int>(sums.size()), MPI_DOUBLE, MPI_SUM, comm.get());
  };
  const auto of_sums = seconds_of(comm, wanted.sums, {add_up, plain});

  Facts facts{.dimension = wanted.inputs};
  facts.lower.assign(as_size(wanted.inputs), 0.0);
  facts.upper.assign(as_size(wanted.inputs), 1.0);
  const auto surrogate = make_polynomial(
      {.basis = kernels::Basis::legendre, .degree = wanted.degree, .precision = Precision::float64}, facts);
  LeastSquaresTrainer trainer({.history = FitHistory::fresh}, {}, *surrogate);
  const SampleSet samples = samples_of(comm, wanted);
  const SharedSamples shared(samples, comm, wanted.samples, kernels::normal_block_points);
  const auto of_fits = seconds_of(comm, wanted.fits, {[&] { trainer.fit(shared); }});
  if (comm.rank() == 0) {
    fmt::print("{{\"ranks\": {}, \"block_sum_s\": [{}], \"allreduce_s\": [{}], \"fit_s\": [{}]}}\n", comm.size(),
               fmt::join(of_sums[0], ", "), fmt::join(of_sums[1], ", "), fmt::join(of_fits[0], ", "));
  }
}

}  // namespace
}  // namespace ailoop::perf

int main(int argc, char** argv) {
  const ailoop::MpiSession mpi(argc, argv);
  const ailoop::KokkosSession kokkos(argc, argv, {.threads = 1, .warnings = false});
  ailoop::perf::Wanted wanted;
  CLI::App app("Times of training on all ranks");
  app.add_option("--numbers", wanted.numbers, "of a sum");
  app.add_option("--samples", wanted.samples, "of a fit");
  app.add_option("--inputs", wanted.inputs, "of the polynomial");
  app.add_option("--degree", wanted.degree, "of the polynomial");
  app.add_option("--sums", wanted.sums, "repetitions");
  app.add_option("--fits", wanted.fits, "repetitions");
  CLI11_PARSE(app, argc, argv);
  const ailoop::Communicator world(MPI_COMM_WORLD);
  ailoop::perf::measure(world, wanted);
}
