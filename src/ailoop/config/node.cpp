#include <ailoop/config/node.hpp>

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

namespace ailoop {

struct Node::Content {
  NodeType type = NodeType::null;
  Mark mark;
  std::string text;
  bool is_quoted = false;
  bool is_written_null = false;
  std::vector<Node> items;
  std::vector<Entry> entries;
};

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

Node::Node(Content content) : m_content(std::make_shared<const Content>(std::move(content))) {}

Node Node::null(Mark mark, bool is_written) {
  return Node(Content{.type = NodeType::null, .mark = std::move(mark), .is_written_null = is_written});
}

Node Node::scalar(std::string text, bool is_quoted, Mark mark) {
  return Node(
      Content{.type = NodeType::scalar, .mark = std::move(mark), .text = std::move(text), .is_quoted = is_quoted});
}

Node Node::sequence(std::vector<Node> items, Mark mark) {
  return Node(Content{.type = NodeType::sequence, .mark = std::move(mark), .items = std::move(items)});
}

Node Node::mapping(std::vector<Entry> entries, Mark mark) {
  return Node(Content{.type = NodeType::mapping, .mark = std::move(mark), .entries = std::move(entries)});
}

NodeType Node::type() const noexcept { return m_content->type; }
const Mark& Node::mark() const noexcept { return m_content->mark; }
const std::string& Node::text() const noexcept { return m_content->text; }
bool Node::is_written_null() const noexcept { return m_content->is_written_null; }
bool Node::is_quoted() const noexcept { return m_content->is_quoted; }
const std::vector<Node>& Node::items() const noexcept { return m_content->items; }
const std::vector<Node::Entry>& Node::entries() const noexcept { return m_content->entries; }

const Node::Entry* Node::find(std::string_view key) const noexcept {
  const auto found = std::ranges::find(entries(), key, &Entry::key);
  return found == entries().end() ? nullptr : &*found;
}

const Node* find_node(const Node& root, std::string_view path) {
  constexpr std::string_view separators = ".[";
  const Node* node = &root;
  while (node != nullptr && !path.empty()) {
    const std::size_t end = std::min(path.find_first_of(separators, 1), path.size());
    if (path.front() == '[') {
      std::size_t index = 0;
      std::from_chars(path.data() + 1, path.data() + end, index);
      const bool is_alone = node->type() == NodeType::scalar && index == 0;
      node = index < node->items().size() ? &node->items()[index] : is_alone ? node : nullptr;
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
