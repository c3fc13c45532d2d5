// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/error.hpp>
#include <ailoop/core/execution.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/loop/query_kinds.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace ailoop {

UniformQueries::UniformQueries(Facts facts, Precision precision, std::uint64_t seed)
    : m_facts(std::move(facts)), m_stream{.seed = seed, .purpose = kernels::Purpose::query, .precision = precision} {}

void UniformQueries::queries(std::int64_t first, Array x) const {
  draw_uniform(execution_for(x.rows), m_facts, m_stream, first, x);
}

GridQueries::GridQueries(const Facts& facts, std::int64_t points)
    : m_lower(facts.lower), m_upper(facts.upper), m_points(points) {
  AILOOP_REQUIRE(points >= 1, "GridQueries: at least one point along each dimension");
  constexpr std::int64_t most = std::int64_t{1} << 62;
  for (std::size_t j = 0; j < m_lower.size(); ++j) {
    if (m_count > most / points) {
      throw ConfigurationError(std::to_string(points) + " points in each of " + std::to_string(m_lower.size()) +
                               " dimensions are more than 2^62 queries");
    }
    m_count *= points;
  }
}

void GridQueries::queries(std::int64_t first, Array x) const {
  AILOOP_REQUIRE(first >= 0 && x.rows <= m_count - first && x.cols == static_cast<std::int64_t>(m_lower.size()),
                 "GridQueries: there is no such query");
  const auto centre = [this](std::int64_t j, std::int64_t cell) {
    const double lower = m_lower[as_size(j)];
    const double upper = m_upper[as_size(j)];
    return lower + (upper - lower) * ((static_cast<double>(cell) + 0.5) / static_cast<double>(m_points));
  };
  const std::int64_t last = x.cols - 1;
  std::int64_t cell = first % m_points;
  for (std::int64_t i = 0; i < x.rows; ++i, ++cell) {
    double* const point = x.data + i * x.cols;
    cell = cell == m_points ? 0 : cell;
    if (i > 0 && cell > 0) {  // only the last component differs from that of the query before
      std::copy_n(point - x.cols, last, point);
    } else {
      std::int64_t index = (first + i) / m_points;
      for (std::int64_t j = last; j-- > 0; index /= m_points) {
        point[j] = centre(j, index % m_points);
      }
    }
    point[last] = centre(last, cell);
  }
}

ListedQueries::ListedQueries(std::vector<double> points, std::int64_t dimension)
    : m_points(std::move(points)), m_dimension(dimension) {
  AILOOP_REQUIRE(dimension >= 1 && static_cast<std::int64_t>(m_points.size()) % dimension == 0,
                 "ListedQueries: points are (count, dimension)");
}

void ListedQueries::queries(std::int64_t first, Array x) const {
  AILOOP_REQUIRE(first >= 0 && x.rows <= *count() - first && x.cols == m_dimension,
                 "ListedQueries: there is no such query");
  std::copy_n(m_points.begin() + first * m_dimension, x.rows * m_dimension, x.data);
}

std::optional<std::int64_t> ListedQueries::count() const {
  return static_cast<std::int64_t>(m_points.size()) / m_dimension;
}

}  // namespace ailoop
