// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/constraint.hpp>
#include <ailoop/config/node.hpp>
#include <ailoop/config/registry.hpp>
#include <ailoop/config/setting.hpp>
#include <ailoop/config/typed_setting.hpp>
#include <ailoop/core/interface.hpp>

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ailoop {

/// A KindChoice with its registry, without the type of the kind.
struct KindSlot {
  std::string name;                  ///< of the chosen or else the default kind; empty where there is neither
  Kind* kind = nullptr;              ///< the chosen kind; nullptr before a choice
  std::vector<NamedChoice> entries;  ///< name and summary of every kind
  /// A new kind with its defaults. \throws UsageError for an unknown name
  std::function<std::unique_ptr<Kind>(std::string_view name)> create;
  /// Chooses a new kind with its defaults. \throws UsageError for an unknown name
  std::function<Kind&(std::string_view name)> choose;
};

/// What a description talks to. A description is a function `void describe(Visitor&, S&)` that names every member of
/// the settings `S` once; readers, printers and tables derive from Visitor, and so all of them follow from it.
///
/// Members are bool, std::int64_t, std::uint64_t, double, std::string, PathSetting, an enumeration, a std::vector of
/// these but bool (never empty), or a std::optional of any of them (without a value: none). Their initialisers are the
/// defaults.
class Visitor : public Interface {
 public:
  /// One setting. A path of an input file is relative to the configuration file it stands in, or to the working
  /// directory where it comes from `--set`; once read it is absolute. One that affects only output is relative to the
  /// working directory and stays so.
  /// \param name    key within its section, snake_case
  /// \param value   member that holds it
  /// \param allowed between(), greater_than(), at_least(), choices<Enum>(), text() or any(), as fits the member; for a
  ///                vector list_of() or one_or_list() one of these
  /// \param meaning one line with the unit in brackets
  template <class Value, class Allowed>
  void field(std::string_view name, Value& value, const Allowed& allowed, Affects affects, std::string_view meaning,
             Presence presence = Presence::optional);

  /// A section; `body` describes its settings. Each section is described once.
  void section(std::string_view name, std::string_view meaning, const std::function<void()>& body);

  /// The key that names a kind; the settings of the chosen kind stand beside it, in the same section.
  template <class KindType>
  void kind(std::string_view name, KindChoice<KindType>& choice, const Registry<KindType>& registry, Affects affects,
            std::string_view meaning);

  /// At most one of these settings, all optional ones of this section, can be given: in the file more than one is an
  /// error, a later `--set` removes the others. The one that is given takes the default of the others away.
  template <std::convertible_to<std::string_view>... Names>
    requires(sizeof...(Names) >= 2)
  void exclusive(const Names&... names) {
    on_exclusive({std::string(std::string_view(names))...});
  }

  /// Describes settings that stand in the present section; for use where `describe` alone would name a member.
  template <class S>
  void fields_of(S& settings) {
    describe(*this, settings);
  }

 protected:
  /// Dotted path of what has this name in the section that is being described.
  [[nodiscard]] std::string path_of(std::string_view name) const { return path_below(m_section, name); }

 private:
  virtual void on_field(const Setting& setting) = 0;
  virtual void on_section(std::string_view /*name*/, std::string_view /*meaning*/, const std::function<void()>& body) {
    body();
  }
  /// Unless a visitor does something else: the discriminator, and the settings of the chosen or else the default kind.
  virtual void on_kind(const Setting& discriminator, KindSlot& slot);
  virtual void on_exclusive(const std::vector<std::string>& /*names*/) {}

  /// \throws UsageError if `name` is not snake_case
  static void require_key_name(std::string_view name);

  std::string m_section;  ///< dotted path
};

/// Settings that have a description, for visitors that only look at them. \param settings must outlive it
class Described {
 public:
  template <class S>
  Described(const S& settings)  // NOLINT(*-explicit-*): it stands for the settings
      : m_describe([&settings](Visitor& visitor) {
          // Descriptions take what they describe as mutable, for readers; all others call no setter.
          visitor.fields_of(const_cast<S&>(settings));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
        }) {}

  void to(Visitor& visitor) const { m_describe(visitor); }

 private:
  std::function<void(Visitor&)> m_describe;
};

template <class Value, class Allowed>
void Visitor::field(std::string_view name, Value& value, const Allowed& allowed, Affects affects,
                    std::string_view meaning, Presence presence) {
  require_key_name(name);
  Setting setting = detail::make_setting(value, allowed);
  setting.name = name;
  // a default that this build lacks is none: nothing is chosen in silence
  setting.presence = presence;
  if (const auto lacking = what_is_lacking(setting)) {
    setting.presence = Presence::required;
    setting.advice = "the default " + *lacking;
  }
  setting.affects = affects;
  setting.meaning = meaning;
  on_field(setting);
}

template <class KindType>
void Visitor::kind(std::string_view name, KindChoice<KindType>& choice, const Registry<KindType>& registry,
                   Affects affects, std::string_view meaning) {
  static_assert(std::is_base_of_v<Kind, KindType>, "Visitor::kind: kinds derive from Kind");
  require_key_name(name);
  const auto create = [&registry](std::string_view kind_name) {
    const auto* entry = registry.find(kind_name);
    AILOOP_REQUIRE(entry != nullptr, "Registry: " + std::string(kind_name) + " is not registered");
    return entry->create();
  };
  KindSlot slot{.name = choice.name, .kind = choice.kind.get(), .entries = {}, .create = create, .choose = {}};
  for (const auto& entry : registry.entries()) {
    slot.entries.push_back({entry.name, entry.summary});
  }
  slot.choose = [&choice, create](std::string_view kind_name) -> Kind& {
    choice.kind = create(kind_name);
    choice.name = kind_name;
    return *choice.kind;
  };
  Setting setting;
  setting.name = name;
  setting.type = SettingType::choice;
  setting.presence = choice.name.empty() ? Presence::required : Presence::optional;
  setting.affects = affects;
  setting.meaning = meaning;
  setting.advice = choice.advice;
  setting.constraint = OneOf{slot.entries, {}};
  if (!choice.name.empty()) {
    setting.value = choice.name;
  }
  setting.set = [](const std::optional<SettingValue>&) { throw UsageError("Visitor::kind: choose through the slot"); };
  on_kind(setting, slot);
}

}  // namespace ailoop
