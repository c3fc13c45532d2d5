// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/emulator.hpp>
#include <ailoop/emulator/layout.hpp>
#include <ailoop/loop/approximation_stream.hpp>
#include <ailoop/loop/decision.hpp>

namespace ailoop {

/// The model rank asks all queries, the approximation ranks approximate; they and all others do what they are told.
class RolesLayout final : public Layout {
 public:
  RolesLayout(const ApproximationParts& parts, const StreamLimits& limits);

  [[nodiscard]] bool asks() const override { return m_comm.rank() == RoleLayout::model_rank; }
  [[nodiscard]] IndexRange mine(IndexRange batch) const override { return batch; }
  [[nodiscard]] std::int64_t block() const override { return m_batch; }
  void begin(IndexRange queries) override { m_stream.ask(queries); }
  [[nodiscard]] Approximated approximate(IndexRange queries, const ConstArray& x, const Array& approximation,
                                         const Array& bound) override;
  void agree(LoopCounts& counts, const std::optional<LocalFailure>& failure) override;
  void begin_truth() override { announce({.kind = Decision::Kind::truth}); }
  void begin_audit() override { announce({.kind = Decision::Kind::audit}); }
  void begin_retraining(std::int64_t first_sample) override {
    announce({.kind = Decision::Kind::retrain, .range = {first_sample, {}}});
  }
  [[nodiscard]] bool may_retrain_alone() const override { return true; }
  [[nodiscard]] std::vector<double> gathered(std::vector<double> numbers) const override { return numbers; }
  [[nodiscard]] std::vector<std::int64_t> gathered(std::vector<std::int64_t> numbers) const override { return numbers; }
  [[nodiscard]] IndexRange part(std::int64_t count) const override { return {0, count}; }
  End follow(Emulator& emulator) override;
  void end(End end) override { announce({.kind = Decision::Kind::stop, .end = end}); }
  [[nodiscard]] bool shared(bool decision, const std::optional<LocalFailure>& failure) override;
  [[nodiscard]] bool asks_alone() const override { return true; }
  [[nodiscard]] double approximate_s() const override { return m_stream.approximate_s(); }
  [[nodiscard]] double wait_s() const override { return m_stream.wait_s(); }

 private:
  /// Tells all ranks, when those that approximate are free to listen.
  void announce(const Decision& decision);

  const Communicator& m_comm;
  std::int64_t m_batch;
  bool m_with_bound;
  DecisionChannel m_channel;
  ApproximationStream m_stream;
};

}  // namespace ailoop
