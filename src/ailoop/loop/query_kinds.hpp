// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/registry.hpp>
#include <ailoop/core/array.hpp>
#include <ailoop/core/precision.hpp>
#include <ailoop/core/vector_growth.hpp>
#include <ailoop/emulator/query_source.hpp>
#include <ailoop/problem/problem.hpp>
#include <ailoop/problem/uniform_points.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace ailoop {

/// Points drawn uniformly from the box of a problem, without end. They are numbers of the surrogate's precision, so
/// that surrogate, approximation and truth are asked at exactly the same point.
class UniformQueries final : public QuerySource {
 public:
  UniformQueries(Facts facts, Precision precision, std::uint64_t seed);

  void queries(std::int64_t first, Array x) const override;

 private:
  Facts m_facts;
  PointStream m_stream;
};

/// The centres of equal cells that the box of a problem is cut into; the last component changes fastest.
class GridQueries final : public QuerySource {
 public:
  /// \param[in] points cells along each dimension, >= 1
  /// \throws ConfigurationError if these are more than 2^62 queries
  GridQueries(const Facts& facts, std::int64_t points);

  void queries(std::int64_t first, Array x) const override;
  [[nodiscard]] std::optional<std::int64_t> count() const override { return m_count; }

 private:
  std::vector<double> m_lower;
  std::vector<double> m_upper;
  std::int64_t m_points;
  std::int64_t m_count = 1;
};

/// Points of a list.
class ListedQueries final : public QuerySource {
 public:
  /// Bytes of so many points.
  [[nodiscard]] static double bytes(std::int64_t count, std::int64_t dimension) {
    return static_cast<double>(count) * static_cast<double>(dimension) * sizeof(double);
  }
  /// Bytes while a file with so many points is read: they grow, each with the number of its line.
  [[nodiscard]] static double reading_bytes(std::int64_t count, std::int64_t dimension) {
    return vector_growth * (bytes(count, dimension) + static_cast<double>(count) * sizeof(std::int64_t));
  }

  /// \param[in] points (count, dimension), row-major
  ListedQueries(std::vector<double> points, std::int64_t dimension);

  void queries(std::int64_t first, Array x) const override;
  [[nodiscard]] std::optional<std::int64_t> count() const override;

 private:
  std::vector<double> m_points;
  std::int64_t m_dimension;
};

/// What a query source is made for.
struct QueryContext {
  const Facts& facts;
  Precision precision = Precision::float64;  ///< of the surrogate
  std::uint64_t seed = 0;                    ///< of the run
  std::vector<double> loaded;                ///< what rank 0 loaded
};

/// A kind of query source: its settings, and how to make it.
class QueryKind : public Kind {
 public:
  /// What all ranks need from files, as numbers; called on rank 0 only.
  /// \throws ConfigurationError if a file cannot be used; as a SettingError where another setting than the kind is
  /// wrong
  [[nodiscard]] virtual std::vector<double> load(const Facts& /*facts*/) const { return {}; }

  /// \throws ConfigurationError if this kind cannot serve a problem of these facts
  [[nodiscard]] virtual std::unique_ptr<QuerySource> make(QueryContext context) const = 0;
};

using QueryRegistry = Registry<QueryKind>;

/// Registry entries "uniform", "grid" and "file".
[[nodiscard]] RegistryEntry<QueryKind> uniform_queries_entry();
[[nodiscard]] RegistryEntry<QueryKind> grid_queries_entry();
[[nodiscard]] RegistryEntry<QueryKind> file_queries_entry();

}  // namespace ailoop
