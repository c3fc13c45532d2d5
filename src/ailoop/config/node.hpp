// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ailoop {

/// Where a piece of configuration stands.
struct Mark {
  std::string source;  ///< file name as the user gave it, or `--set KEY=VALUE`
  int line = 0;        ///< counted from 1; 0 where lines mean nothing (`--set`)
  int column = 0;      ///< in characters, counted from 1; 0 as for `line`
  int order = 0;       ///< 0: the file; n: the n-th `--set`, later ones win

  [[nodiscard]] bool is_override() const noexcept { return order > 0; }
};

/// `file:line:column`, or only the source where lines mean nothing.
[[nodiscard]] std::string to_string(const Mark& mark);

/// True where `a` stands before `b`: the file from top to bottom, then each `--set` in turn.
[[nodiscard]] bool stands_before(const Mark& a, const Mark& b) noexcept;

/// Error `place: path: message`; without a path `place: message`.
[[nodiscard]] ConfigurationError error_at(const Mark& mark, std::string_view path, std::string_view message);

/// Dotted path of a key; at the root, whose path is empty, the key alone.
[[nodiscard]] std::string path_below(std::string_view section, std::string_view key);

enum class NodeType { null, scalar, sequence, mapping };

/// Tree of what the user wrote, before it is known what the settings are.
struct Node {
  struct Entry;

  NodeType type = NodeType::null;
  Mark mark;
  std::string text;              ///< of a scalar, without its quotes and with escapes resolved
  bool is_quoted = false;        ///< a scalar in quotes or a block scalar: text, never a number
  bool is_written_null = false;  ///< the word `null` stands there, not nothing or another of YAML's words for it
  std::vector<Node> items;
  std::vector<Entry> entries;  ///< of a mapping in the order of the file; no key occurs twice

  /// Entry of this mapping with the key; nullptr where there is none.
  [[nodiscard]] const Entry* find(std::string_view key) const noexcept;
};

/// One `key: value` of a mapping.
struct Node::Entry {
  std::string key;
  Mark key_mark;
  Node value;
};

/// Value at a path such as `training.learning_rate` or `queries.columns[1]`; nullptr where there is none. What stands
/// alone for a list of one is its element 0. For checks between settings that want to say where one of them stands.
[[nodiscard]] const Node* find_node(const Node& root, std::string_view path);

}  // namespace ailoop
