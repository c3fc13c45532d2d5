// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/overrides.hpp>

#include <ailoop/config/yaml_loader.hpp>
#include <ailoop/core/decimal_text.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/core/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ailoop {
namespace {

int last_order(const Node& node) {
  int last = node.mark.order;
  for (const Node::Entry& entry : node.entries) {
    last = std::max({last, entry.key_mark.order, last_order(entry.value)});
  }
  return last;
}

/// Whether a list is followed by a comment: then that takes in another bracket, which is an error behind a list alone.
bool ends_in_comment(std::string_view list, const Mark& place, const std::string& path) {
  try {
    static_cast<void>(load_yaml_value(std::string(list) + "]", place, path));
    return true;
  } catch (const ConfigurationError&) {
    return false;
  }
}

/// The value as YAML, refused unless all of the text went into it: a comment or a second line would be lost unseen.
Node parse_value(std::string_view text, const Mark& place, const std::string& path) {
  const std::string_view value = detail::trimmed(text);
  const auto refuse = [&](std::string_view what) {
    return error_at(place, path, fmt::format("{}; one value, or a list in brackets, is expected", what));
  };
  if (value.find_first_of("\r\n") != std::string_view::npos) {
    throw refuse("more than one line");
  }
  Node node = load_yaml_value(value, place, path);
  switch (node.type) {
    case NodeType::null:
      if (value != "null") {
        throw refuse("no value");
      }
      return node;
    case NodeType::mapping:
      throw refuse("a section");
    case NodeType::sequence:
      if (!value.starts_with('[') || !value.ends_with(']') || ends_in_comment(value, place, path)) {
        throw refuse("not a list in brackets");
      }
      return node;
    case NodeType::scalar:
      if (node.is_quoted ? value.front() != value.back() || value.size() < 2 : node.text != value) {
        throw refuse("more than one value");
      }
      return node;
  }
  throw UsageError("with_override: not a NodeType");
}

/// `section` with `value` at the path `keys[at...]` below it.
Node assign(const Node& section, const std::vector<std::string>& keys, std::size_t at, const Node& value,
            const std::string& path) {
  const Mark& place = value.mark;
  const bool is_last = at + 1 == keys.size();
  const Node::Entry* old = section.find(keys[at]);
  if (is_last && old != nullptr && old->value.type == NodeType::mapping) {
    throw error_at(place, path, "a section; name one of its settings");
  }
  // A null is a section whose settings are all commented out: filling it is what the user wants.
  if (!is_last && old != nullptr && old->value.type != NodeType::mapping && old->value.type != NodeType::null) {
    throw error_at(place, path, fmt::format("{} is a setting, not a section", keys[at]));
  }
  const bool has_section = old != nullptr && old->value.type == NodeType::mapping;
  Node::Entry entry{keys[at], place, value};
  if (!is_last) {
    entry.value =
        assign(has_section ? old->value : Node{.type = NodeType::mapping, .mark = place}, keys, at + 1, value, path);
    if (has_section) {
      entry.key_mark = old->key_mark;
    }
  }
  Node changed = section;
  if (old != nullptr) {
    changed.entries[as_size(old - section.entries.data())] = std::move(entry);
  } else {
    changed.entries.push_back(std::move(entry));
  }
  return changed;
}

}  // namespace

Node with_override(const Node& root, std::string_view assignment) {
  AILOOP_REQUIRE(root.type == NodeType::mapping, "with_override: the root must be a mapping");
  const Mark place{"--set " + excerpt(assignment), 0, 0, last_order(root) + 1};
  if (assignment.size() > YamlLimits::bytes || !is_utf8(assignment)) {
    throw error_at(place, "", "not valid text; KEY=VALUE in UTF-8 is expected");
  }
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    throw error_at(place, "", "no =; KEY=VALUE is expected");
  }
  const std::string path(assignment.substr(0, equals));
  std::vector<std::string> keys;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t dot = std::min(path.find('.', start), path.size());
    keys.push_back(path.substr(start, dot - start));
    start = dot + 1;
  }
  if (std::ranges::count(keys, "") > 0 || std::ssize(keys) > YamlLimits::depth) {
    throw error_at(place, "", "not a key; SECTION.KEY=VALUE is expected");
  }
  return assign(root, keys, 0, parse_value(assignment.substr(equals + 1), place, excerpt(path)), excerpt(path));
}

}  // namespace ailoop
