// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/emulator/device_checks.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/execution/executions.hpp>

#include <algorithm>

namespace ailoop {

std::int64_t DeviceChecks::room(const Facts& facts) {
  const std::int64_t numbers = facts.dimension + 3 * facts.outputs + 2;
  const auto row_bytes =
      static_cast<double>(numbers * std::int64_t{sizeof(double)} + std::int64_t{sizeof(std::int64_t)} + 1);
  const double rows = 0.5 * free_device_bytes() / row_bytes;  // samples and sums need room, too
  if (rows < 1.0) {
    throw DependencyError("the device has no memory left for a check of queries");
  }
  return static_cast<std::int64_t>(std::min(rows, static_cast<double>(most)));
}

DeviceChecks::Piece DeviceChecks::piece(std::int64_t n, const Array& y, std::span<Verdict> verdicts) {
  if (m_points.rows().rows < n) {
    constexpr Memory there = Memory::device;
    m_points = {n, m_facts.dimension, there};
    m_surrogate = {n, m_facts.outputs, there};
    m_approximation = {n, m_facts.outputs, there};
    m_bound = {n, m_facts.outputs, there};
    m_errors = {n, 1, there};
    m_allowed = {n, 1, there};
    m_verdicts = {n, 1, there};
  }
  const IndexRange rows{0, n};
  Piece piece{.x = own_points(n),
              .surrogate = m_surrogate.rows().part(rows),
              .approximation = m_approximation.rows().part(rows),
              .bound = m_bound.rows().part(rows),
              .judgements = {std::span(m_verdicts.rows().data, as_size(n)), std::span(m_errors.rows().data, as_size(n)),
                             std::span(m_allowed.rows().data, as_size(n))},
              .found = {}};
  if (y.where == Memory::device) {
    piece.surrogate = y;
    piece.judgements.verdicts = verdicts;
  }
  return piece;
}

void DeviceChecks::forget_late() {
  m_late_answers.clear();
  m_late_verdicts.clear();
}

template <class T>
void DeviceChecks::scatter(const std::vector<std::int64_t>& places, const std::vector<T>& rows, const ArrayOf<T>& room,
                           const ArrayOf<T>& to) const {
  const ArrayOf<std::int64_t>& room_of_places = m_finder.room();
  const std::int64_t count = std::ssize(places);
  for (std::int64_t first = 0; first < count; first += room.rows) {
    const IndexRange part{first, std::min(first + room.rows, count)};
    const IndexRange there{0, part.size()};
    copy(ArrayOf<const std::int64_t>{places.data(), count, 1}.part(part), room_of_places.part(there));
    copy(ArrayOf<const T>{rows.data(), count, to.cols}.part(part), room.part(there));
    scatter_rows<T>(room.part(there), room_of_places.part(there), to);
  }
}

void DeviceChecks::bring_late(const Array& y, std::span<Verdict> verdicts) {
  std::vector<std::int64_t> places;
  std::vector<double> answers;
  for (const auto& [place, answer] : m_late_answers) {
    places.push_back(static_cast<std::int64_t>(place));
    answers.insert(answers.end(), answer.begin(), answer.end());
  }
  scatter<double>(places, answers, m_approximation.rows(), y);
  places.clear();
  std::vector<Verdict> of_places;
  for (const auto& [place, verdict] : m_late_verdicts) {
    places.push_back(static_cast<std::int64_t>(place));
    of_places.push_back(verdict);
  }
  scatter<Verdict>(places, of_places, m_verdicts.rows(), {verdicts.data(), std::ssize(verdicts), 1, Memory::device});
  forget_late();
}

}  // namespace ailoop
