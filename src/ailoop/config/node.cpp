// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/node.hpp>

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

namespace ailoop {

std::string to_string(const Mark& mark) {
  if (mark.line == 0) {
    return mark.source;
  }
  return mark.source + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column);
}

bool stands_before(const Mark& a, const Mark& b) noexcept {
  return std::tie(a.order, a.line, a.column) < std::tie(b.order, b.line, b.column);
}

ConfigurationError error_at(const Mark& mark, std::string_view path, std::string_view message) {
  std::string text = to_string(mark) + ": ";
  if (!path.empty()) {
    text.append(path).append(": ");
  }
  return ConfigurationError(text.append(message));
}

std::string path_below(std::string_view section, std::string_view key) {
  std::string path(section);
  return path.append(path.empty() ? "" : ".").append(key);
}

const Node::Entry* Node::find(std::string_view key) const noexcept {
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &*found;
}

const Node* find_node(const Node& root, std::string_view path) {
  constexpr std::string_view separators = ".[";
  const Node* node = &root;
  while (node != nullptr && !path.empty()) {
    const std::size_t end = std::min(path.find_first_of(separators, 1), path.size());
    if (path.front() == '[') {
      std::size_t index = 0;
      std::from_chars(path.data() + 1, path.data() + end, index);
      const bool is_alone = node->type == NodeType::scalar && index == 0;
      node = index < node->items.size() ? &node->items[index] : is_alone ? node : nullptr;
    } else {
      const Node::Entry* const entry = node->find(path.substr(0, end));
      node = entry == nullptr ? nullptr : &entry->value;
    }
    path.remove_prefix(end);
    path.remove_prefix(path.starts_with('.') ? 1 : 0);
  }
  return node;
}

}  // namespace ailoop
