// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/array.hpp>
#include <ailoop/emulator/device_rows.hpp>
#include <ailoop/emulator/gate.hpp>
#include <ailoop/execution/memory.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace ailoop {

/// Memory on the device for checks of new queries there.
class DeviceChecks {
 public:
  /// Most queries of a piece.
  static constexpr std::int64_t most = std::int64_t{1} << 24;

  /// A piece of the queries, all of whose arrays are on the device.
  struct Piece {
    ConstArray x;
    Array surrogate;
    Array approximation;
    Array bound;
    JudgementColumns judgements;
    FoundRows found;

    [[nodiscard]] JudgedColumns judged() const { return {surrogate, approximation, bound}; }
  };

  /// Queries of a piece that the device has room for now, at most.
  /// \throws DependencyError if it has none
  [[nodiscard]] static std::int64_t room(const Facts& facts);

  /// \throws DependencyError as room does
  explicit DeviceChecks(const Facts& facts) : m_facts(facts), m_at_once(room(facts)), m_finder(facts) {}

  /// Most queries of a piece, as there was room when this was made.
  [[nodiscard]] std::int64_t at_once() const noexcept { return m_at_once; }

  /// Memory for a piece of so many queries: its own, or that of the caller where it is on the device.
  /// \param[in] y, verdicts answers of the caller to these queries
  [[nodiscard]] Piece piece(std::int64_t n, const Array& y, std::span<Verdict> verdicts);
  /// Where queries that are on the host, or are to be overwritten, are copied to.
  [[nodiscard]] Array own_points(std::int64_t n) const { return m_points.rows().part({0, n}); }
  /// Where those of the host are written.
  [[nodiscard]] Array points_on_host(std::int64_t n) {
    if (m_points_here.rows().rows < n) {
      m_points_here = {n, m_facts.dimension, Memory::host};
    }
    return m_points_here.rows().part({0, n});
  }
  /// Looks for rows that the host needs to know.
  void find(Piece& piece) { piece.found = m_finder.find(piece.x, piece.judgements.verdicts); }

  /// Answers of the caller's that become known after a check, of queries that were in a piece. \see bring_late
  void put_late(std::size_t place, std::span<const double> y) { m_late_answers[place].assign(y.begin(), y.end()); }
  void put_late(std::size_t place, Verdict verdict) { m_late_verdicts[place] = verdict; }
  void forget_late();
  /// Writes them to the caller's arrays. Needs no more memory of the device.
  void bring_late(const Array& y, std::span<Verdict> verdicts);

 private:
  template <class T>
  void scatter(const std::vector<std::int64_t>& places, const std::vector<T>& rows, const ArrayOf<T>& room,
               const ArrayOf<T>& to) const;

  const Facts& m_facts;
  std::int64_t m_at_once;
  RowFinder m_finder;
  OwnedRows<double> m_points, m_surrogate, m_approximation, m_bound, m_errors, m_allowed;
  OwnedRows<Verdict> m_verdicts;
  OwnedRows<double> m_points_here;
  std::map<std::size_t, std::vector<double>> m_late_answers;
  std::map<std::size_t, Verdict> m_late_verdicts;
};

}  // namespace ailoop
