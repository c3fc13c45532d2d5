// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/nearest.hpp>

#include <algorithm>
#include <numeric>

namespace ailoop {
namespace {

// Nobody means a name of the schema by a longer word; the bound keeps hostile input cheap.
constexpr std::size_t longest_word = 64;

/// True where all letters of `written` occur in `name` in that order, and both start alike.
bool is_abbreviation(std::string_view written, std::string_view name) {
  if (written.empty() || !name.starts_with(written.front())) {
    return false;
  }
  for (const char c : name) {
    written.remove_prefix(written.starts_with(c) ? 1 : 0);
  }
  return written.empty();
}

/// Initials of the words of a snake_case name.
std::string initials(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (i == 0 || name[i - 1] == '_') {
      out.push_back(name[i]);
    }
  }
  return out;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::optional<std::string> nearest_name(std::string_view written, const std::vector<std::string>& names) {
  if (written.empty() || written.size() > longest_word) {
    return std::nullopt;
  }
  const std::string* nearest = nullptr;
  std::size_t least = std::max<std::size_t>(1, (written.size() + 1) / 3) + 1;  // more edits are another word
  for (const std::string& name : names) {
    const std::size_t edits = edit_distance(written, name);
    if (edits < std::min(least, std::max(written.size(), name.size()))) {
      least = edits;
      nearest = &name;
    }
  }
  if (nearest != nullptr) {
    return *nearest;
  }
  auto found = std::ranges::find(names, written, initials);
  if (found == names.end() && written.size() > 1) {
    found = std::ranges::find_if(names, [&](const std::string& name) { return is_abbreviation(written, name); });
  }
  return found == names.end() ? std::nullopt : std::optional(*found);
}

}  // namespace ailoop
