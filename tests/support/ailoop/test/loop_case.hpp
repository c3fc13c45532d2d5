// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/emulator.hpp>
#include <ailoop/loop/controller.hpp>
#include <ailoop/parallel/node_resources.hpp>
#include <ailoop/test/scripted_problem.hpp>
#include <ailoop/training/sample_error.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace ailoop::test {

/// y = slope x, with hooks.
class ScriptedSurrogate final : public Surrogate {
 public:
  double slope = 1.0;
  std::function<void()> before_predicting = [] {};
  std::function<void(double x)> on_point = [](double /*x*/) {};

  [[nodiscard]] const Network& network() const override { return m_network; }
  void feature_rows(Execution /*execution*/, const Block& /*points*/, std::span<const std::int64_t> /*order*/,
                    const Block& /*phi*/) const override {}
  void predict(Execution /*execution*/, ConstArray x, Array y) const override {
    before_predicting();
    for (std::int64_t i = 0; i < x.rows; ++i) {
      on_point(x.data[i]);
      y.data[i] = slope * x.data[i];
    }
  }
  [[nodiscard]] std::vector<Parameter> parameters() override { return {{"slope", {1}, std::span<double>(&slope, 1)}}; }
  [[nodiscard]] std::map<std::string, std::string> description() const override { return {}; }

 private:
  Network m_network{Precision::float64, 1, {{.outputs = 1}}};
};

/// Halves the surrogate's error at each retraining.
class ScriptedTrainer final : public Trainer {
 public:
  explicit ScriptedTrainer(ScriptedSurrogate& surrogate) : m_surrogate(surrogate) {}
  std::function<void(const SampleSet&)> before_fitting = [](const SampleSet&) {};
  double reach_everywhere = std::numeric_limits<double>::infinity();

  void reach(ConstArray /*x*/, std::span<const double> /*off*/, std::span<double> reach) const override {
    std::ranges::fill(reach, reach_everywhere);
  }
  TrainingReport fit(const SharedSamples& samples) override {
    const SampleError before = sample_error(m_surrogate, samples);
    before_fitting(samples.here);
    m_surrogate.slope = 1 + (m_surrogate.slope - 1) / 2;
    return {.samples = samples.count,
            .steps = 1,
            .error_before = before.mean_square,
            .error_after = sample_error(m_surrogate, samples).mean_square,
            .unresolved = before.unresolved};
  }
  void state(Archive& /*archive*/) override {}
  [[nodiscard]] std::string_view state_prefix() const override { return "scripted"; }

 private:
  ScriptedSurrogate& m_surrogate;
};

/// Query i is 1/2 + 1/(i + 3).
class CountedQueries final : public QuerySource {
 public:
  void queries(std::int64_t first, Array x) const override {
    for (std::int64_t i = 0; i < x.rows; ++i) {
      x.data[i] = 0.5 + 1.0 / static_cast<double>(first + i + 3);
    }
  }
};

/// Writes down what it is told, one word or number after the other.
class Witness final : public RunObserver {
 public:
  std::vector<std::string> events;
  std::function<void()> before_retraining = [] {};

  void checked(const QueryTable& table, const Tally& /*tally*/) override {
    table.each_record([&](const CheckRecord& record) {
      std::string event(record.exhausted ? "exhausted" : to_string(record.judgement.verdict));
      event += " " + std::to_string(record.query) + " " + std::to_string(record.attempt);
      events.push_back(record.answered_by == AnsweredBy::truth ? event + " by truth" : event);
    });
  }
  void retraining_started(std::int64_t query, double /*seconds*/) override {
    before_retraining();
    events.push_back("retraining " + std::to_string(query));
  }
  void retrained(const RetrainingRecord& retraining, const Tally& /*tally*/) override {
    events.push_back("retrained on " + std::to_string(retraining.report.first_sample));
  }
  void ended(const Outcome& outcome) override { events.emplace_back(to_string(outcome.end)); }
  void failed(const Error& /*error*/, const Tally& /*tally*/) override { events.emplace_back("failed"); }
};

/// A loop over scripted parts on all ranks of a communicator: f(x) = x, four shares.
struct LoopCase {
  explicit LoopCase(MPI_Comm original = MPI_COMM_WORLD, OnFailure on_failure = OnFailure::stop,
                    DrawnBy drawn_by = DrawnBy::all, bool shares_memory = true)
      : comm(original),
        messenger(comm, RoleLayout::model_rank, Waiting::back_off, shares_memory),
        roles(assign_roles(std::vector<int>(static_cast<std::size_t>(comm.size()), 1), 4, 4)),
        placement(comm, messenger, {problem, Execution::calling_thread, Precision::float64, 10, 1, on_failure},
                  drawn_by),
        shared_truth(comm, problem, Precision::float64, on_failure),
        trainer(surrogate) {}

  [[nodiscard]] bool leads() const { return comm.rank() == RoleLayout::model_rank; }

  /// On every rank.
  [[nodiscard]] Emulator emulator(const Limits& limits) {
    made_gate = (certified ? certified_entry() : difference_entry()).create()->make(problem.facts(), tolerance);
    return Emulator(
        {comm, roles, problem, *made_gate, placement, shared_truth, surrogate, leads() ? &trainer : nullptr},
        {limits, audit, 1});
  }

  /// \param[in] saved what the run goes on from; on the model rank
  Outcome run(const Limits& limits, const Checkpointing& checkpointing = {}, const SavedState* saved = nullptr,
              bool is_resumed = false) {
    Emulator emulator = this->emulator(limits);
    std::vector<RunObserver*> observers;
    if (leads()) {
      observers = more_observers;
      observers.push_back(&witness);
    }
    Controller controller({.comm = comm,
                           .roles = roles,
                           .problem = problem,
                           .queries = queries,
                           .emulator = emulator,
                           .messenger = messenger,
                           .everywhere = everywhere,
                           .ahead = ahead,
                           .observers = observers,
                           .checkpointing = checkpointing},
                          limits, std::chrono::steady_clock::now());
    if (is_resumed) {
      controller.resume(saved);
    }
    return controller.run();
  }

  Communicator comm;
  Messenger messenger;
  RoleLayout roles;
  ScriptedProblem problem;
  CountedQueries queries;
  ScriptedSurrogate surrogate;
  bool certified = false;  ///< which gate: that or `difference`
  Tolerance tolerance;
  std::unique_ptr<Gate> made_gate;
  bool everywhere = false;
  std::int64_t audit = 0;
  std::int64_t ahead = 0;
  ModelRankPlacement placement;
  SharedTruth shared_truth;
  ScriptedTrainer trainer;
  Witness witness;
  std::vector<RunObserver*> more_observers;  ///< told before the witness
};

}  // namespace ailoop::test
