// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/visitor.hpp>

namespace ailoop {

void Visitor::section(std::string_view name, std::string_view meaning, const std::function<void()>& body) {
  require_key_name(name);
  on_section(name, meaning, [&] {
    const std::string outer = std::exchange(m_section, path_of(name));
    body();
    m_section = outer;
  });
}

void Visitor::on_kind(const Setting& discriminator, KindSlot& slot) {
  on_field(discriminator);
  if (slot.kind != nullptr) {
    slot.kind->describe(*this);
  } else if (!slot.name.empty()) {
    slot.create(slot.name)->describe(*this);
  }
}

void Visitor::require_key_name(std::string_view name) {
  AILOOP_REQUIRE(is_key_name(name), "Visitor: " + std::string(name) + " is not a key in snake_case");
}

}  // namespace ailoop
