// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/emulator.hpp>

#include <ailoop/core/index_range.hpp>
#include <ailoop/core/vector_growth.hpp>
#include <ailoop/parallel/mpi_call.hpp>
#include <ailoop/training/broadcast_archive.hpp>
#include <ailoop/training/sample_error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

namespace ailoop {

namespace {

using Clock = std::chrono::steady_clock;

/// Divergences in a row after which training is given up: one may be the luck of a draw. A training that merely makes
/// the model worse, as steps of fixed size do with a good one, is undone and not counted.
constexpr std::int64_t divergences_allowed = 1;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

}  // namespace

double Emulator::kept_bytes(std::int64_t kept, std::int64_t batch, std::int64_t dimension, std::int64_t outputs) {
  const double rows = vector_growth * static_cast<double>(kept) + (vector_growth + 1.0) * static_cast<double>(batch);
  return rows * sizeof(double) * static_cast<double>(dimension + outputs);
}

Emulator::Emulator(const EmulatorParts& parts, const EmulatorSettings& settings)
    : m_parts(parts), m_settings(settings) {
  AILOOP_REQUIRE(parts.trainer != nullptr || !is_model_rank(), "Emulator: the model rank has a trainer");
}

std::int64_t Emulator::truth(ConstArray x, Array y) {
  const auto start = Clock::now();
  const std::int64_t total = m_parts.shared_truth.compute(x, y);
  if (total > 0) {
    keep_for_training(x, y);
  }
  m_times.decide_s += seconds_since(start);
  return total;
}

void Emulator::audit(ConstArray x, Array y) {
  const auto start = Clock::now();
  m_parts.shared_truth.compute(x, y);
  m_times.audit_s += seconds_since(start);
}

void Emulator::keep_for_training(ConstArray x, ConstArray y) {
  std::vector<double> rows;
  for (std::int64_t i = 0; i < x.rows; ++i) {
    if (!std::isnan(y.row(i)[0])) {
      for (const auto numbers : {x.row(i), ConstArray(y).row(i)}) {
        rows.insert(rows.end(), numbers.begin(), numbers.end());
      }
    }
  }
  const std::vector<double> all = gathered(m_parts.comm, rows, RoleLayout::model_rank);
  const std::int64_t width = x.cols + y.cols;
  for (auto row = all.begin(); row != all.end(); row += width) {
    m_kept_x.insert(m_kept_x.end(), row, row + x.cols);
    m_kept_y.insert(m_kept_y.end(), row + x.cols, row + width);
  }
  const auto kept = static_cast<std::int64_t>(m_kept_x.size()) / x.cols;
  if (kept > 2 * m_parts.placement.samples()) {  // not each time: taking from the front moves all
    forget_kept(kept - m_parts.placement.samples());
  }
}

void Emulator::forget_kept(std::int64_t oldest) {
  const Facts& facts = m_parts.problem.facts();
  m_kept_x.erase(m_kept_x.begin(), m_kept_x.begin() + oldest * facts.dimension);
  m_kept_y.erase(m_kept_y.begin(), m_kept_y.begin() + oldest * facts.outputs);
}

RetrainingReport Emulator::retrain(bool alone) {
  Placement& placement = m_parts.placement;
  RetrainingReport report{.first_sample = m_next_sample, .drawn = placement.samples(), .drawn_alone = alone};
  m_next_sample += report.drawn;
  ++m_model_version;
  if (!placement.draw(report.first_sample, alone)) {
    fail(placement.failure());
    m_next_sample = report.first_sample;  // a retraining that failed has not been
    return report;
  }
  report.sampling = placement.times();
  if (m_parts.trainer != nullptr) {
    const auto start = Clock::now();
    try {
      train(report);
    } catch (const AgreedError& error) {
      fail(LocalFailure{error.kind(), error.what(), true});
      m_next_sample = report.first_sample;
    } catch (...) {
      fail(current_failure("training"));
      m_next_sample = report.first_sample;
    }
    report.train_s = seconds_since(start) - (placement.times().gather_s - report.sampling.gather_s);
  }
  report.sampling = placement.times();  // to which bringing samples to ranks that train has added
  m_times.sample_s += report.sampling.sample_s;
  m_times.gather_s += report.sampling.gather_s;
  m_times.train_s += report.train_s;
  return report;
}

void Emulator::train(RetrainingReport& report) {
  const Facts& facts = m_parts.problem.facts();
  Placement& placement = m_parts.placement;
  report.failed = report.drawn - placement.count();
  const auto kept = static_cast<std::int64_t>(m_kept_x.size()) / facts.dimension;
  report.inconclusive = std::min(kept, report.drawn);
  forget_kept(kept - report.inconclusive);
  const SharedSamples samples = placement.with({m_kept_x.data(), report.inconclusive, facts.dimension},
                                               {m_kept_y.data(), report.inconclusive, facts.outputs});
  if (samples.count == 0) {
    throw NumericalError("the truth of every sample failed");
  }
  const auto remember = [&] {
    if (is_model_rank()) {
      m_snapshot.take(m_parts.surrogate, *m_parts.trainer);
    }
  };
  samples.comm != nullptr ? agreed(*samples.comm, "training", remember) : remember();
  if (!is_model_rank()) {
    try {
      fit(samples);
    } catch (const DivergenceError&) {  // NOLINT(bugprone-empty-catch): seen by the model rank, which tells its model
    }
    return;
  }
  try {
    const TrainingReport training = fit(samples);
    m_divergences = 0;
    report.divergence = growth_of_error(training);
    if (report.divergence) {
      m_snapshot.restore(m_parts.surrogate, *m_parts.trainer);
    } else {
      report.training = training;
      forget_kept(report.inconclusive);
    }
  } catch (const DivergenceError& error) {
    m_snapshot.restore(m_parts.surrogate, *m_parts.trainer);
    if (m_divergences == divergences_allowed) {
      throw NumericalError(std::string("diverged again: ") + error.what() + "; the model is the last good one");
    }
    ++m_divergences;
    report.divergence = error.what();
  } catch (...) {
    m_snapshot.restore(m_parts.surrogate, *m_parts.trainer);
    throw;
  }
}

TrainingReport Emulator::fit(const SharedSamples& samples) {
  if (samples.comm != nullptr) {
    BroadcastArchive archive(*samples.comm, RoleLayout::model_rank);
    show_parameters(m_parts.surrogate, archive);
    m_parts.trainer->share(archive);
  }
  m_parts.surrogate.learn_scaling(samples);
  if (const ModelScaling* const scaling = m_parts.surrogate.output_scaling()) {
    const auto apply = [&] { scaling->apply(samples.here); };
    samples.comm != nullptr ? agreed(*samples.comm, "training", apply) : apply();
  }
  return m_parts.trainer->fit(samples);
}

void Emulator::state(StateArchive& archive) {
  archive.number("next_sample", m_next_sample);
  archive.number("divergences", m_divergences);
  archive.list("kept.x", &m_kept_x);
  archive.list("kept.y", &m_kept_y);
  const Facts& facts = m_parts.problem.facts();
  if (m_next_sample < 0 || m_kept_x.size() % as_size(facts.dimension) != 0 ||
      m_kept_x.size() / as_size(facts.dimension) != m_kept_y.size() / as_size(facts.outputs)) {
    throw InputOutputError("the samples of the saved state are not those of this problem");
  }
  show_parameters(m_parts.surrogate, archive);
  m_parts.trainer->state(archive);
  m_parts.trainer->run_state(archive);
}

void Emulator::share_state() {
  ++m_model_version;
  std::array<std::int64_t, 2> counts = {m_next_sample, m_model_version};
  AILOOP_MPI(MPI_Bcast(counts.data(), static_cast<int>(counts.size()), MPI_INT64_T, RoleLayout::model_rank,
                       m_parts.comm.get()));
  m_next_sample = counts[0];
  m_model_version = counts[1];
}

void Emulator::update_copies() {
  if (m_copied_version == m_model_version) {
    return;
  }
  BroadcastArchive archive(m_parts.comm, RoleLayout::model_rank);
  show_parameters(m_parts.surrogate, archive);
  m_copied_version = m_model_version;
}

void Emulator::fail(const std::optional<LocalFailure>& failure) {
  m_failed = true;
  if (!m_failure) {  // the first one counts
    m_failure = failure;
  }
}

std::optional<LocalFailure> Emulator::take_failure() {
  m_failed = false;
  return std::exchange(m_failure, std::nullopt);
}

}  // namespace ailoop
