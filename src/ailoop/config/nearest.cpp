#include <ailoop/config/nearest.hpp>

#include <algorithm>
#include <limits>

namespace ailoop {
namespace {

// Nobody means a name of the schema by a longer word; the bound keeps hostile input cheap.
constexpr std::size_t longest_word = 64;

/// True where all letters of `written` occur in `name` in that order, and both start alike.
bool is_abbreviation(std::string_view written, std::string_view name) {
  if (written.empty() || name.empty() || written.front() != name.front()) {
    return false;
  }
  std::size_t at = 0;
  for (const char c : name) {
    if (at < written.size() && written[at] == c) {
      ++at;
    }
  }
  return at == written.size();
}

/// Initials of the words of a snake_case name.
std::string initials(std::string_view name) {
  std::string out;
  bool at_start = true;
  for (const char c : name) {
    if (at_start) {
      out.push_back(c);
    }
    at_start = c == '_';
  }
  return out;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
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
  const std::size_t most_edits = std::max<std::size_t>(1, (written.size() + 1) / 3);
  const std::string* nearest = nullptr;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const std::string& name : names) {
    const std::size_t edits = edit_distance(written, name);
    if (edits <= most_edits && edits < std::max(written.size(), name.size()) && edits < least) {
      least = edits;
      nearest = &name;
    }
  }
  if (nearest == nullptr) {
    const auto of = [&](const auto& matches) {
      const auto found = std::find_if(names.begin(), names.end(), matches);
      return found == names.end() ? nullptr : &*found;
    };
    nearest = of([&](const std::string& name) { return initials(name) == written; });
    if (nearest == nullptr && written.size() > 1) {
      nearest = of([&](const std::string& name) { return is_abbreviation(written, name); });
    }
  }
  return nearest == nullptr ? std::nullopt : std::optional(*nearest);
}

}  // namespace ailoop
