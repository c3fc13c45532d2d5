// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/yaml_loader.hpp>

#include <ailoop/config/yaml_text_check.hpp>
#include <ailoop/core/decimal_text.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/core/utf8.hpp>

#include <fmt/format.h>
#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ailoop {
namespace {

/// Byte offset of a yaml-cpp mark; 0 for its null mark.
std::size_t offset_of(const YAML::Mark& mark) { return mark.pos < 0 ? 0 : as_size(mark.pos); }

/// Builds the tree, and refuses at the first event of something that a configuration may not have.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, detail::Places& places, std::string root_path)
      : m_text(text), m_places(places), m_root_path(std::move(root_path)) {}

  /// The root that was read; null where the document was empty.
  [[nodiscard]] const Node& root() const { return m_root; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (m_has_document) {
      refuse(mark, "a second document; one document is allowed");
    }
    m_has_document = true;
    m_root = {.mark = place_of(mark)};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    count(mark);
    refuse_properties(mark, "?", anchor);
    if (at_key()) {
      refuse(mark, "a key without a name; every key needs one");
    }
    // yaml-cpp gives the next token's mark, which may be lines below; the key says where the value is missing.
    add({.mark = in_mapping() ? m_open.back().key_mark : place_of(mark), .is_written_null = is_null_at(mark)});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    refuse(mark, "an alias (*); aliases are not allowed");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    count(mark);
    refuse_properties(mark, tag, anchor);
    if (!is_utf8(value) || value.find('\0') != std::string::npos) {
      refuse(mark, "an escape that is not a character; text must be UTF-8 without NUL");
    }
    const bool is_quoted = tag == "!";
    if (const std::string hidden = is_quoted ? "" : hidden_character(value); !hidden.empty()) {
      refuse(mark, fmt::format("{} has {}, which shows as a space or as nothing; write a space or nothing, or put text "
                               "that needs it in quotes",
                               excerpt(value), hidden));
    }
    if (at_key()) {
      begin_entry(mark, value, is_quoted);
    } else {
      add({.type = NodeType::scalar, .mark = place_of(mark), .text = value, .is_quoted = is_quoted});
    }
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, NodeType::sequence);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, NodeType::mapping);
    m_open.back().is_flow = style == YAML::EmitterStyle::Flow;
  }

  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

  /// Dotted path of what is being read.
  [[nodiscard]] std::string path() const {
    std::string out = m_root_path;
    for (const Open& open : m_open) {
      if (open.node.type == NodeType::sequence) {
        out.append("[").append(std::to_string(open.node.items.size())).append("]");
      } else if (open.has_key) {
        out.append(out.empty() ? "" : ".").append(excerpt(open.key));
      }
    }
    return out;
  }

 private:
  /// A collection whose end has not come yet.
  struct Open {
    Node node;
    std::unordered_map<std::string, Mark> seen;
    bool is_flow = false;  // in braces
    bool has_key = false;
    std::string key;
    Mark key_mark;
  };

  [[nodiscard]] Mark place_of(const YAML::Mark& mark) const { return m_places.at(offset_of(mark)); }

  [[noreturn]] void refuse(const YAML::Mark& mark, std::string_view message) const {
    throw error_at(place_of(mark), path(), message);
  }

  [[nodiscard]] bool in_mapping() const { return !m_open.empty() && m_open.back().node.type == NodeType::mapping; }
  [[nodiscard]] bool at_key() const { return in_mapping() && !m_open.back().has_key; }

  void count(const YAML::Mark& mark) {
    if (++m_events > YamlLimits::events) {
      refuse(mark, fmt::format("more than {} values; at most that many", YamlLimits::events));
    }
  }

  void refuse_properties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const {
    if (anchor != YAML::NullAnchor) {
      refuse(mark, "an anchor (&); anchors are not allowed");
    }
    // `!` alone gets the tag that quoted text has, so the text itself must be asked.
    const std::size_t offset = offset_of(mark);
    const bool has_bang = offset < m_text.size() && m_text[offset] == '!';
    if (has_bang || !(tag.empty() || tag == "?" || tag == "!")) {
      refuse(mark, "a tag (!); tags are not allowed");
    }
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, NodeType type) {
    count(mark);
    refuse_properties(mark, tag, anchor);
    if (at_key()) {
      refuse(mark, "a list or section as a key, or a bracket left open; keys are text");
    }
    if (std::ssize(m_open) >= YamlLimits::depth) {
      throw error_at(place_of(mark), "", fmt::format("nested more than {} deep; at most that", YamlLimits::depth));
    }
    m_open.emplace_back().node = {.type = type, .mark = place_of(mark)};
  }

  void close() {
    Node node = std::move(m_open.back().node);
    m_open.pop_back();
    add(std::move(node));
  }

  /// Whether the word `null` stands there, not a key that begins so where a value is missing.
  [[nodiscard]] bool is_null_at(const YAML::Mark& mark) const {
    constexpr std::string_view word = "null";
    const std::string_view rest = m_text.substr(std::min(offset_of(mark), m_text.size()));
    return rest.starts_with(word) && (rest.size() == word.size() ||
                                      std::string_view(" \t\r\n,}]").find(rest[word.size()]) != std::string_view::npos);
  }

  /// In braces a comma begins the next key: `{tolerance: 0,05}` has the keys `tolerance` and `05`.
  void refuse_decimal_comma(Open& map, const std::string& key) const {
    if (!map.is_flow || map.node.entries.empty()) {
      return;
    }
    const Node::Entry& before = map.node.entries.back();
    const std::string number = before.value.text + "," + key;
    if (!before.value.is_quoted && detail::is_number_with_comma(number)) {
      map.key = before.key;
      map.has_key = true;
      throw error_at(
          before.value.mark, path(),
          excerpt(number) +
              " is not a plain decimal number; write a point for a decimal comma, and nothing between thousands");
    }
  }

  void begin_entry(const YAML::Mark& mark, const std::string& key, bool is_quoted) {
    Open& map = m_open.back();
    if (!is_quoted) {
      refuse_decimal_comma(map, key);
    }
    map.key = key;
    map.key_mark = place_of(mark);
    if (key.empty()) {
      refuse(mark, "an empty key; every key needs a name");
    }
    if (key == "<<" && !is_quoted) {
      refuse(mark, "a merge key (<<); merge keys are not allowed");
    }
    const auto [earlier, is_new] = map.seen.emplace(key, map.key_mark);
    map.has_key = true;
    if (!is_new) {
      refuse(mark, fmt::format("given twice, first at {}; once is allowed", to_string(earlier->second)));
    }
  }

  void add(Node node) {
    if (m_open.empty()) {
      m_root = std::move(node);
    } else if (m_open.back().node.type == NodeType::sequence) {
      m_open.back().node.items.push_back(std::move(node));
    } else {
      Open& map = m_open.back();
      map.node.entries.push_back({std::move(map.key), std::move(map.key_mark), std::move(node)});
      map.key.clear();
      map.has_key = false;
    }
  }

  std::string_view m_text;
  detail::Places& m_places;
  std::string m_root_path;
  std::vector<Open> m_open;
  Node m_root;
  bool m_has_document = false;
  int m_events = 0;
};

}  // namespace

Node load_yaml_value(std::string_view text, const Mark& place, const std::string& path) {
  detail::Places places(text, place);
  detail::check_yaml_text(text, places, path);
  TreeBuilder builder(text, places, path);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    // The second call finds nothing, or refuses what follows the document.
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const std::size_t at = std::min(offset_of(error.mark), text.size());
    const std::size_t line = text.substr(0, at).rfind('\n') + 1;  // npos + 1 is 0
    const bool has_variable = text.substr(line, text.find('\n', at) - line).find("${") != std::string_view::npos;
    throw error_at(places.at(at), builder.path(),
                   "not valid YAML: " + error.msg + (has_variable ? "; text with ${NAME} needs quotes here" : ""));
  }
  return builder.root();
}

Node load_yaml(std::string_view text, const std::string& source) {
  const Mark start{source, 1, 1, 0};
  Node root = load_yaml_value(text, start, "");
  if (root.type != NodeType::mapping) {
    const bool is_empty = root.type == NodeType::null;
    throw error_at(
        is_empty ? start : root.mark, "",
        std::string(is_empty ? "no settings" : "not a setting") + "; lines of the form `key: value` are expected");
  }
  return root;
}

}  // namespace ailoop
