#include <ailoop/config/visitor.hpp>

namespace ailoop {

void Visitor::path(std::string_view name, std::optional<PathSetting>& value, Affects affects, std::string_view meaning,
                   Presence presence) {
  field(name, value, text(), affects, meaning, presence);
}

void Visitor::require_key_name(std::string_view name) {
  AILOOP_REQUIRE(is_key_name(name), "Visitor: " + std::string(name) + " is not a key in snake_case");
}

}  // namespace ailoop
