// A simulation that calls the emulator in its time step. See docs/adding_a_problem.md.
//
// A row of pendulums, coupled by springs so weak that only their amplitudes feel them: the amplitudes diffuse along the
// row and are damped, and each pendulum goes on in its phase at the pace of its own amplitude. The period of a pendulum
// of that amplitude comes from an expensive simulation, or from the emulator where that is good enough.
#include <ailoop/emulator.hpp>
#include <ailoop/make_problem.hpp>

#include <Kokkos_Core.hpp>
#include <mpi.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <numbers>
#include <string>
#include <vector>

/// The period of a pendulum of length 1 m by its amplitude, found by letting it swing.
struct SwingingPendulum {
  std::int64_t steps = 50000;

  static constexpr std::int64_t terms = 10;
  static constexpr double largest_amplitude = 1.5;

  ailoop::Facts facts() const { return {.lower = {0.0}, .upper = {largest_amplitude}, .shares = terms}; }
  KOKKOS_FUNCTION static double small_period() { return 2 * std::numbers::pi / std::sqrt(9.80665); }

  /// Four times the time in which angle'' = -g sin(angle) takes the pendulum from rest at its amplitude through 0: the
  /// last step is cut where a straight line through its ends meets 0. Method: velocity Verlet, errors as in
  /// approximation_error.
  KOKKOS_FUNCTION double truth(double amplitude) const {
    const double dt = small_period() / static_cast<double>(steps);
    double angle = amplitude > 1e-6 ? amplitude : 1e-6;  // below, the period no longer changes
    double speed = 0;
    double before = angle;
    for (std::int64_t step = 0; step < 10 * steps; ++step) {
      before = angle;
      const double half = speed - dt / 2 * 9.80665 * std::sin(angle);
      angle += dt * half;
      speed = half - dt / 2 * 9.80665 * std::sin(angle);
      if (angle <= 0) {
        return 4 * dt * (static_cast<double>(step) + before / (before - angle));
      }
    }
    return std::nan("");  // it never came down: reported as a failure
  }

  /// Term n of T0 (1 + (1/2)^2 k^2 + (1/2 3/4)^2 k^4 + ...), k = sin(amplitude / 2). Source: NIST DLMF 19.5.1.
  KOKKOS_FUNCTION double approximation(std::int64_t n, double amplitude) const {
    const double k = std::sin(amplitude / 2);
    double term = small_period();
    for (std::int64_t i = 1; i <= n; ++i) {
      const double factor = (1 - 0.5 / static_cast<double>(i)) * k;
      term *= factor * factor;
    }
    return term;
  }

  /// The rest of the series is less than a geometric one; the truth is off by less than 10 dt^2 / T0 (measured: 1.1
  /// dt^2 / T0 at most), and rounding is far less than both.
  KOKKOS_FUNCTION double approximation_error(double amplitude) const {
    const double c = std::cos(amplitude / 2);
    const double dt = small_period() / static_cast<double>(steps);
    return 1.000001 * approximation(terms, amplitude) / (c * c) + 10 * dt * dt / small_period() + 1e-12;
  }
};

void describe(ailoop::Visitor& v, SwingingPendulum& p) {
  v.field("steps", p.steps, ailoop::between(100, 100'000'000), ailoop::Affects::result,
          "time steps of a small swing [1]");
}

/// This rank's part of the row.
struct Row {
  std::vector<double> amplitude;  // [rad]
  std::vector<double> phase;      // [1] swings so far
};

/// Amplitudes of the neighbours of this rank's first and last pendulum; at the ends of the row its own.
void exchange_ends(const std::vector<double>& values, int rank, int ranks, double& left, double& right) {
  left = values.front();
  right = values.back();
  const int below = rank > 0 ? rank - 1 : MPI_PROC_NULL;
  const int above = rank + 1 < ranks ? rank + 1 : MPI_PROC_NULL;
  MPI_Sendrecv(&values.back(), 1, MPI_DOUBLE, above, 0, &left, 1, MPI_DOUBLE, below, 0, MPI_COMM_WORLD,
               MPI_STATUS_IGNORE);
  MPI_Sendrecv(&values.front(), 1, MPI_DOUBLE, below, 1, &right, 1, MPI_DOUBLE, above, 1, MPI_COMM_WORLD,
               MPI_STATUS_IGNORE);
}

/// One time step: amplitudes diffuse and are damped, phases advance by dt / period.
void advance(Row& row, const std::vector<double>& period, double dt, int rank, int ranks) {
  double left = 0;
  double right = 0;
  exchange_ends(row.amplitude, rank, ranks, left, right);
  const std::vector<double> old = row.amplitude;
  for (std::size_t i = 0; i < old.size(); ++i) {
    const double before = i > 0 ? old[i - 1] : left;
    const double behind = i + 1 < old.size() ? old[i + 1] : right;
    row.amplitude[i] += dt * (0.2 * (before - 2 * old[i] + behind) - 0.01 * old[i]);
    row.phase[i] += dt / period[i];
  }
}

/// \return whether every period was within the tolerance
bool simulate(const std::string& config, int steps, std::int64_t pendulums, int rank, int ranks) {
  ailoop::Registries registries = ailoop::builtin_registries();
  registries.problems.add(
      ailoop::problem_entry<SwingingPendulum>("swinging_pendulum", "period [s] by amplitude [rad]"));
  ailoop::ConfiguredEmulator emulator(MPI_COMM_WORLD, config, registries);

  const ailoop::IndexRange mine = ailoop::block_of(pendulums, ranks, rank);
  Row row;
  for (std::int64_t i = mine.first; i < mine.last; ++i) {
    const double place = (static_cast<double>(i) + 0.5) / static_cast<double>(pendulums);
    row.amplitude.push_back(0.75 * SwingingPendulum::largest_amplitude * (1 + std::cos(9 * place)) / 1.5);
    row.phase.push_back(0);
  }
  std::vector<double> period(row.amplitude.size());
  std::vector<double> truth(row.amplitude.size());
  std::vector<ailoop::Verdict> verdicts(row.amplitude.size());
  std::vector<ailoop::PointStatus> statuses(row.amplitude.size());

  double emulator_s = 0;
  double truth_s = 0;
  double worst = 0;
  ailoop::EvaluationReport sum;
  for (int step = 0; step < steps; ++step) {
    const ailoop::ConstArray queries{row.amplitude.data(), mine.size(), 1};

    const double start = MPI_Wtime();
    const auto report = emulator.evaluate(queries, {period.data(), mine.size(), 1}, verdicts);
    emulator_s += MPI_Wtime() - start;

    // what it would have cost without the emulator, and how far off that is: only to show it here
    const double start_of_truth = MPI_Wtime();
    emulator.problem().truth({ailoop::Execution::host_threads, {}}, queries, {truth.data(), mine.size(), 1},
                             {statuses.data(), mine.size()});
    truth_s += MPI_Wtime() - start_of_truth;
    for (std::size_t i = 0; i < period.size(); ++i) {
      worst = std::max(worst, std::abs(period[i] - truth[i]));
    }

    sum.by_surrogate += report.by_surrogate;
    sum.by_truth += report.by_truth;
    sum.retrainings += report.retrainings;
    sum.unanswered += report.unanswered;
    advance(row, period, 0.01, rank, ranks);
  }

  double longest[] = {emulator_s, truth_s, worst};
  MPI_Allreduce(MPI_IN_PLACE, longest, 3, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  if (rank == 0) {
    std::printf("%d time steps of %lld pendulums on %d ranks\n", steps, static_cast<long long>(pendulums), ranks);
    std::printf("answers: %lld by the surrogate, %lld by the truth, %lld missing; %lld retrainings\n",
                static_cast<long long>(sum.by_surrogate), static_cast<long long>(sum.by_truth),
                static_cast<long long>(sum.unanswered), static_cast<long long>(sum.retrainings));
    std::printf("time: %.3f s with the emulator, %.3f s with the truth alone: %.1f %% saved\n", longest[0], longest[1],
                100 * (1 - longest[0] / longest[1]));
    std::printf("worst error of a period: %.2e s, tolerance %.2e s\n", longest[2], emulator.gate().tolerance().of(0));
  }
  return longest[2] <= emulator.gate().tolerance().of(0) && sum.unanswered == 0;
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  int code = 0;
  {
    const Kokkos::ScopeGuard kokkos(argc, argv);
    try {
      const bool is_right =
          simulate(argc > 1 ? argv[1] : "in_situ.yaml", argc > 2 ? std::atoi(argv[2]) : 100, 400, rank, ranks);
      code = is_right ? 0 : 1;
    } catch (const std::exception& error) {  // the emulator fails on all ranks in the same way
      if (rank == 0) {
        std::fprintf(stderr, "in_situ: %s\n", error.what());
      }
      code = 1;
    }
  }
  MPI_Finalize();
  return code;
}
