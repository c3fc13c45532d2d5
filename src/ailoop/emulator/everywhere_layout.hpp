// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/gate.hpp>
#include <ailoop/emulator/layout.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/problem/problem.hpp>

#include <cstdint>
#include <optional>

namespace ailoop {

/// Every rank holds a copy of the model and asks its own queries.
class EverywhereLayout final : public Layout {
 public:
  /// Collective. All must outlive the layout.
  EverywhereLayout(const Communicator& comm, const Problem& problem, const Gate& gate, Executions executions = {});

  /// From now on a batch is what each rank brings, these queries here; otherwise batches are cut evenly.
  void bring(IndexRange queries) noexcept { m_brought = queries; }

  [[nodiscard]] IndexRange mine(IndexRange batch) const override;
  [[nodiscard]] std::int64_t block() const override { return m_block; }
  [[nodiscard]] int threads() const override;
  [[nodiscard]] Executions executions() const override { return m_executions; }
  [[nodiscard]] Approximated approximate(IndexRange queries, const ConstArray& x, const Array& approximation,
                                         const Array& bound) override;
  void agree(LoopCounts& counts, const std::optional<LocalFailure>& failure) override;
  [[nodiscard]] std::vector<double> gathered(std::vector<double> numbers) const override;
  [[nodiscard]] std::vector<std::int64_t> gathered(std::vector<std::int64_t> numbers) const override;
  [[nodiscard]] IndexRange part(std::int64_t count) const override {
    return block_of(count, m_comm.size(), m_comm.rank());
  }
  [[nodiscard]] SafetensorsFile shared_state(const SafetensorsFile* of_model_rank) const override;
  [[nodiscard]] bool shared(bool decision, const std::optional<LocalFailure>& failure) override;
  [[nodiscard]] bool asks_alone() const override { return m_comm.size() == 1; }

 private:
  const Communicator& m_comm;
  const Problem& m_problem;
  Evidence m_needs;
  Executions m_executions;
  std::int64_t m_block;
  std::optional<IndexRange> m_brought;
};

}  // namespace ailoop
