// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/output/answer_parts.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/mpi_call.hpp>
#include <ailoop/storage/atomic_file.hpp>
#include <ailoop/storage/safetensors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace ailoop {

namespace {

namespace fs = std::filesystem;

/// A file that ranks write to at places of their own. Opening and closing are collective, so what fails in between is
/// told when it is closed.
class SharedFile {
 public:
  SharedFile(const Communicator& comm, const fs::path& path) : m_path(path) {
    note(MPI_File_open(comm.get(), path.c_str(), MPI_MODE_CREATE | MPI_MODE_WRONLY, MPI_INFO_NULL, &m_file));
    require_written();
  }

  void write(std::int64_t offset, std::span<const std::byte> bytes) {
    constexpr std::size_t most = std::size_t{1} << 30;  // MPI counts bytes in an int
    while (!bytes.empty()) {
      const auto piece = static_cast<int>(std::min(bytes.size(), most));
      MPI_Status status{};
      note(MPI_File_write_at(m_file, offset, bytes.data(), piece, MPI_BYTE, &status));
      int written = 0;
      MPI_Get_count(&status, MPI_BYTE, &written);
      note(written == piece ? MPI_SUCCESS : MPI_ERR_NO_SPACE);
      offset += piece;
      bytes = bytes.subspan(as_size(piece));
    }
  }

  /// All of it is on the disk. \throws InputOutputError if this rank could not write
  void close() {
    note(MPI_File_sync(m_file));
    note(MPI_File_close(&m_file));
    require_written();
  }

 private:
  void note(int result) { m_result = m_result == MPI_SUCCESS ? result : m_result; }
  void require_written() const {
    if (m_result != MPI_SUCCESS) {
      std::string text(MPI_MAX_ERROR_STRING, ' ');
      int length = 0;
      MPI_Error_string(m_result, text.data(), &length);
      throw InputOutputError(m_path.string() + ": cannot be written: " + text.substr(0, as_size(length)));
    }
  }

  fs::path m_path;
  MPI_File m_file = MPI_FILE_NULL;
  int m_result = MPI_SUCCESS;  // the first that is not
};

}  // namespace

AnswerColumns AnswerParts::room(IndexRange queries) {
  const std::int64_t n = queries.size();
  Columns& columns = m_columns.emplace_back();
  columns.queries = queries;
  columns.x.resize(as_size(n * m_facts.dimension));
  columns.y.resize(as_size(n * m_facts.outputs));
  columns.answered_by.resize(as_size(n), AnsweredBy::open);
  return {.y = {columns.y.data(), n, m_facts.outputs},
          .verdicts = {},
          .first = queries.first,
          .x = {columns.x.data(), n, m_facts.dimension},
          .answered_by = columns.answered_by};
}

template <class Visit>
void AnswerParts::each_range(IndexRange queries, const Visit& visit) const {
  const auto is_open = [](AnsweredBy who) { return who == AnsweredBy::open; };
  for (const Columns& columns : m_columns) {
    const std::int64_t first = std::clamp(queries.first, columns.queries.first, columns.queries.last);
    const std::int64_t last = std::clamp(queries.last, first, columns.queries.last);
    const auto among = part_of(columns.answered_by, {first - columns.queries.first, last - columns.queries.first});
    for (auto end = among.begin(); end != among.end();) {
      const auto begin = std::find_if_not(end, among.end(), is_open);
      end = std::find_if(begin, among.end(), is_open);
      if (begin != end) {
        visit(columns, IndexRange{first + (begin - among.begin()), first + (end - among.begin())});
      }
    }
  }
}

void AnswerParts::completed(std::int64_t count, bool is_end) {
  while (count - m_written >= part_size) {
    write_part({m_written, m_written + part_size});
    m_written += part_size;
  }
  if (is_end && count > m_written) {
    write_part({m_written, count});  // goes on if the run does
  }
  std::erase_if(m_columns, [&](const Columns& columns) { return columns.queries.last <= m_written; });
}

template <class File>
std::int64_t AnswerParts::write_rows(File& shared, IndexRange queries) const {
  const std::int64_t n = queries.size();
  const SafetensorsFile content{.source = {},
                                .metadata = {{"format", "ailoop-answers"},
                                             {"format_version", "1"},
                                             {"first_query", std::to_string(queries.first)}},
                                .tensors = {{"answer", "F64", {n, m_facts.outputs}, {}},
                                            {"x", "F64", {n, m_facts.dimension}, {}},
                                            {"answered_by", "U8", {n}, {}}}};
  const std::string head = safetensors_head(content);
  constexpr std::int64_t number = sizeof(double);
  const std::int64_t y_at = std::ssize(head);
  const std::int64_t x_at = y_at + n * m_facts.outputs * number;
  const std::int64_t by_at = x_at + n * m_facts.dimension * number;
  if (m_comm.rank() == 0) {
    shared.write(0, std::as_bytes(std::span(head)));
  }
  std::int64_t rows = 0;
  each_range(queries, [&](const Columns& columns, IndexRange range) {
    const std::int64_t from = range.first - columns.queries.first;
    const std::int64_t end = range.last - columns.queries.first;
    const std::int64_t to = range.first - queries.first;
    const auto write = [&](std::int64_t at, const auto& values, std::int64_t width) {
      const auto rows_here = std::as_bytes(part_of(values, {from * width, end * width}));
      shared.write(at + to * width * std::int64_t{sizeof(values[0])}, rows_here);
    };
    write(y_at, columns.y, m_facts.outputs);
    write(x_at, columns.x, m_facts.dimension);
    write(by_at, columns.answered_by, 1);
    rows += range.size();
  });
  return rows;
}

void AnswerParts::write_part(IndexRange queries) {
  const fs::path file = m_folder / fmt::format("{:06}.safetensors", queries.first / part_size);
  const fs::path partial = file.string() + ".partial";
  constexpr const char* phase = "writing answers";
  agreed_on_rank_0(m_comm, phase, [&] {
    std::error_code error;
    fs::create_directory(m_folder, error);
    fs::remove(partial, error);
  });
  std::optional<SharedFile> shared;
  agreed(m_comm, phase, [&] { shared.emplace(m_comm, partial); });
  std::int64_t rows = write_rows(*shared, queries);
  agreed(m_comm, phase, [&] { shared->close(); });
  AILOOP_MPI(MPI_Allreduce(MPI_IN_PLACE, &rows, 1, MPI_INT64_T, MPI_SUM, m_comm.get()));
  agreed(m_comm, phase, [&] {
    AILOOP_REQUIRE(rows == queries.size(), "AnswerParts: a query was answered twice, or not at all");
    if (m_comm.rank() == 0) {
      rename_durably(partial, file);
    }
  });
}

std::vector<double> AnswerParts::packed(std::int64_t asked) const {
  std::vector<double> rows;
  each_range({m_written, asked}, [&](const Columns& columns, IndexRange range) {
    for (std::int64_t query = range.first; query < range.last; ++query) {
      const std::int64_t i = query - columns.queries.first;
      rows.push_back(static_cast<double>(query));
      rows.push_back(static_cast<double>(columns.answered_by[as_size(i)]));
      std::ranges::copy(part_of(columns.x, {i * m_facts.dimension, (i + 1) * m_facts.dimension}),
                        std::back_inserter(rows));
      std::ranges::copy(part_of(columns.y, {i * m_facts.outputs, (i + 1) * m_facts.outputs}), std::back_inserter(rows));
    }
  });
  return rows;
}

void AnswerParts::replace(std::int64_t written, std::span<const double> rows) {
  const auto d = as_size(m_facts.dimension);
  const auto m = as_size(m_facts.outputs);
  const std::size_t width = 2 + d + m;
  if (rows.size() % width != 0 || written % part_size != 0) {
    throw InputOutputError("the answers of the saved state are not those of this problem");
  }
  m_written = written;
  m_columns.clear();
  std::int64_t last = written;
  for (std::size_t at = 0; at < rows.size(); at += width) {
    last = std::max(last, static_cast<std::int64_t>(rows[at]) + 1);
  }
  AnswerColumns to = room({written, last});
  for (std::size_t at = 0; at < rows.size(); at += width) {
    const auto row = rows.subspan(at, width);
    const auto place = static_cast<std::int64_t>(row[0]) - written;
    to.answered_by[as_size(place)] = static_cast<AnsweredBy>(row[1]);
    std::ranges::copy(row.subspan(2, d), to.x.row(place).begin());
    std::ranges::copy(row.subspan(2 + d, m), to.y.row(place).begin());
  }
}

}  // namespace ailoop
