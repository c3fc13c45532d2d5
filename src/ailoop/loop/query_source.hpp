#pragma once

#include <ailoop/core/precision.hpp>
#include <ailoop/problem/problem.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace ailoop {

/// The points at which answers are wanted. A query is a function of its index, so that every rank knows it without a
/// message.
class QuerySource {
 public:
  QuerySource() = default;
  QuerySource(const QuerySource&) = delete;
  QuerySource& operator=(const QuerySource&) = delete;
  virtual ~QuerySource() = default;

  /// \param[in]  index >= 0
  /// \param[out] x     (dimension)
  virtual void query(std::int64_t index, std::span<double> x) const = 0;
};

/// Points drawn uniformly from the box of a problem, without end. They are numbers of the surrogate's precision, so
/// that surrogate, approximation and truth are asked at exactly the same point.
class UniformQueries final : public QuerySource {
 public:
  UniformQueries(const Facts& facts, Precision precision, std::uint64_t seed);

  void query(std::int64_t index, std::span<double> x) const override;

 private:
  std::vector<double> m_lower;
  std::vector<double> m_upper;
  Precision m_precision;
  std::uint64_t m_seed;
};

}  // namespace ailoop
