// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/loop/query_kinds.hpp>

#include <ailoop/config/nearest.hpp>
#include <ailoop/config/visitor.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/core/utf8.hpp>
#include <ailoop/problem/checked_truth.hpp>
#include <ailoop/storage/csv_reader.hpp>

#include <algorithm>

namespace ailoop {

namespace {

constexpr std::uint64_t largest_query_file = std::uint64_t{1} << 34;  // 16 GiB

class UniformKind final : public QueryKind {
 public:
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

class FileKind final : public QueryKind {
 public:
  void describe(Visitor& v) override {
    v.field("path", m_path, text(), Affects::result,
            "CSV file with a header and a query in each row; columns that are not asked for are ignored",
            Presence::required);
    v.field("columns", m_columns, list_of(text()), Affects::result,
            "names of the columns that hold x, one for each dimension of the problem in their order; without it x, or "
            "x_0, x_1, ... for several dimensions");
    v.field("delimiter", m_delimiter,
            choices<CsvDelimiter>({{CsvDelimiter::comma, "comma", ","},
                                   {CsvDelimiter::semicolon, "semicolon", ";"},
                                   {CsvDelimiter::tab, "tab", "a tab"},
                                   {CsvDelimiter::blank, "blank", "any number of spaces and tabs"}}),
            Affects::result, "what separates the fields of a row");
  }

  [[nodiscard]] std::vector<double> load(const Facts& facts) const override {
    require_suitable_columns(facts);
    try {
      const auto columns = m_columns.value_or(component_names("x", facts.dimension));
      CsvTable table = read_csv(m_path->expanded(), columns, largest_query_file, m_delimiter);
      require_usable(table, facts);
      return std::move(table.values);
    } catch (const MissingColumn& error) {
      throw m_columns ? lacking(error)
                      : SettingError("path", error.what() + std::string("; where others hold x, name them in columns"));
    } catch (const InputOutputError& error) {
      throw SettingError("path", error.what());
    }
  }

  [[nodiscard]] std::unique_ptr<QuerySource> make(QueryContext context) const override {
    return std::make_unique<ListedQueries>(std::move(context.loaded), context.facts.dimension);
  }

 private:
  [[nodiscard]] static SettingError column_error(std::size_t index, const std::string& message) {
    return {"columns[" + std::to_string(index) + "]", message};
  }

  void require_suitable_columns(const Facts& facts) const {
    if (!m_columns) {
      return;
    }
    if (static_cast<std::int64_t>(m_columns->size()) != facts.dimension) {
      throw SettingError("columns", std::to_string(m_columns->size()) + " given; " + std::to_string(facts.dimension) +
                                        " needed, one for each dimension of the problem");
    }
    for (auto name = m_columns->begin(); name != m_columns->end(); ++name) {
      if (std::find(m_columns->begin(), name, *name) != name) {
        throw column_error(as_size(name - m_columns->begin()),
                           excerpt(*name) + " is named twice; each dimension has a column of its own");
      }
    }
  }

  [[nodiscard]] SettingError lacking(const MissingColumn& error) const {
    const auto nearest = nearest_name(m_columns->at(error.index()), error.present());
    return column_error(error.index(), error.what() + (nearest ? "; did you mean " + excerpt(*nearest) + "?" : ""));
  }

  static void require_usable(const CsvTable& table, const Facts& facts) {
    if (table.rows == 0) {
      throw InputOutputError(table.source + ": no query; at least one row behind the header is needed");
    }
    const auto width = as_size(facts.dimension);
    for (std::size_t i = 0; i < table.lines.size(); ++i) {
      const auto point = std::span(table.values).subspan(i * width, width);
      if (!is_inside(facts, point)) {
        throw InputOutputError(table.source + ":" + std::to_string(table.lines[i]) + ": x = " + point_text(point) +
                               " lies outside of the problem's box from " + point_text(facts.lower) + " to " +
                               point_text(facts.upper));
      }
    }
  }

  std::optional<PathSetting> m_path;
  std::optional<std::vector<std::string>> m_columns;
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
