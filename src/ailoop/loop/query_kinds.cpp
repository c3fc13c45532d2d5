#include <ailoop/loop/query_kinds.hpp>

#include <ailoop/config/visitor.hpp>
#include <ailoop/problem/checked_truth.hpp>
#include <ailoop/storage/csv_reader.hpp>

namespace ailoop {

namespace {

constexpr std::uint64_t largest_query_file = std::uint64_t{1} << 34;  // 16 GiB

class UniformKind final : public QueryKind {
 public:
  void describe(Visitor& /*v*/) override {}
  [[nodiscard]] std::unique_ptr<QuerySource> make(QueryContext context) const override {
    return std::make_unique<UniformQueries>(context.facts, context.precision, context.seed);
  }
};

class GridKind final : public QueryKind {
 public:
  void describe(Visitor& v) override {
    v.field("points", m_points, between(1, 1'000'000'000), Affects::result,
            "cells along each dimension of the problem's box; their centres are the queries [1]");
  }
  [[nodiscard]] std::unique_ptr<QuerySource> make(QueryContext context) const override {
    return std::make_unique<GridQueries>(context.facts, m_points);
  }

 private:
  std::int64_t m_points = 100;
};

/// `x` for one component, `x_0`, `x_1`, ... for several: as answers.csv names them.
std::vector<std::string> point_columns(std::int64_t dimension) {
  std::vector<std::string> columns;
  columns.reserve(static_cast<std::size_t>(dimension));
  for (std::int64_t j = 0; j < dimension; ++j) {
    columns.push_back(dimension == 1 ? "x" : "x_" + std::to_string(j));
  }
  return columns;
}

class FileKind final : public QueryKind {
 public:
  void describe(Visitor& v) override {
    v.path("path", m_path, Affects::result,
           "CSV file with a header and a query in each row; columns x, or x_0, x_1, ... for several components, others "
           "are ignored",
           Presence::required);
    v.field("delimiter", m_delimiter,
            choices<CsvDelimiter>({{CsvDelimiter::comma, "comma", ","},
                                   {CsvDelimiter::semicolon, "semicolon", ";"},
                                   {CsvDelimiter::tab, "tab", "a tab"},
                                   {CsvDelimiter::blank, "blank", "any number of spaces and tabs"}}),
            Affects::result, "what separates the fields of a row");
  }

  [[nodiscard]] std::vector<double> load(const Facts& facts) const override {
    try {
      CsvTable table = read_csv(m_path->expanded(), point_columns(facts.dimension), largest_query_file, m_delimiter);
      require_usable(table, facts);
      return std::move(table.values);
    } catch (const InputOutputError& error) {
      throw ConfigurationError(error.what());
    }
  }

  [[nodiscard]] std::unique_ptr<QuerySource> make(QueryContext context) const override {
    return std::make_unique<ListedQueries>(std::move(context.loaded), context.facts.dimension);
  }

  [[nodiscard]] std::vector<std::filesystem::path> inputs() const override { return {m_path->expanded()}; }

 private:
  static void require_usable(const CsvTable& table, const Facts& facts) {
    if (table.rows == 0) {
      throw ConfigurationError(table.source + ": no query; at least one row behind the header is needed");
    }
    const auto width = static_cast<std::size_t>(facts.dimension);
    for (std::size_t i = 0; i < table.lines.size(); ++i) {
      const auto point = std::span(table.values).subspan(i * width, width);
      if (!is_inside(facts, point)) {
        throw ConfigurationError(table.source + ":" + std::to_string(table.lines[i]) + ": x = " + point_text(point) +
                                 " lies outside of the problem's box from " + point_text(facts.lower) + " to " +
                                 point_text(facts.upper));
      }
    }
  }

  std::optional<PathSetting> m_path;
  CsvDelimiter m_delimiter = CsvDelimiter::comma;
};

template <class KindOfQueries>
RegistryEntry<QueryKind> entry(std::string name, std::string summary) {
  return {std::move(name), std::move(summary), [] { return std::make_unique<KindOfQueries>(); }};
}

}  // namespace

RegistryEntry<QueryKind> uniform_queries_entry() {
  return entry<UniformKind>("uniform", "drawn uniformly from the problem's box, without end");
}

RegistryEntry<QueryKind> grid_queries_entry() {
  return entry<GridKind>("grid", "the centres of equal cells of the problem's box");
}

RegistryEntry<QueryKind> file_queries_entry() { return entry<FileKind>("file", "the rows of a CSV file"); }

}  // namespace ailoop
