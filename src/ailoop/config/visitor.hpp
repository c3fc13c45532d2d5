#pragma once

#include <ailoop/config/constraint.hpp>
#include <ailoop/config/registry.hpp>
#include <ailoop/config/setting.hpp>
#include <ailoop/config/typed_setting.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace ailoop {

/// A KindChoice with its registry, without the type of the kind.
class KindSlot {
 public:
  KindSlot() = default;
  KindSlot(const KindSlot&) = delete;
  KindSlot& operator=(const KindSlot&) = delete;
  virtual ~KindSlot() = default;

  /// Name of the chosen or else the default kind; empty where there is neither.
  [[nodiscard]] virtual std::string name() const = 0;
  /// The chosen kind; nullptr before a choice.
  [[nodiscard]] virtual Kind* kind() const = 0;
  /// Name and summary of every kind.
  [[nodiscard]] virtual std::vector<NamedChoice> entries() const = 0;
  /// A new kind with its defaults. \throws UsageError for an unknown name
  [[nodiscard]] virtual std::unique_ptr<Kind> create(std::string_view name) const = 0;
  /// Chooses a new kind with its defaults. \throws UsageError for an unknown name
  virtual void choose(std::string_view name) = 0;
};

/// What a description talks to. A description is a function `void describe(Visitor&, S&)` that names every member of
/// the settings `S` once; readers, printers and tables derive from Visitor, and so all of them follow from it.
///
/// Members are bool, std::int64_t, std::uint64_t, double, std::string, PathSetting, an enumeration, a std::vector of
/// these but bool (never empty), or a std::optional of any of them (without a value: none). Their initialisers are the
/// defaults.
class Visitor {
 public:
  Visitor() = default;
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;
  virtual ~Visitor() = default;

  /// One setting.
  /// \param name    key within its section, snake_case
  /// \param value   member that holds it
  /// \param allowed between(), greater_than(), at_least(), choices<Enum>(), text() or any(), as fits the member; for a
  ///                vector list_of() or number_or_list() one of these
  /// \param meaning one line with the unit in brackets
  template <class Value, class Allowed>
  void field(std::string_view name, Value& value, const Allowed& allowed, Affects affects, std::string_view meaning,
             Presence presence = Presence::optional);

  /// A path. That of an input file is relative to the configuration file it stands in, or to the working directory
  /// where it comes from `--set`; once read it is absolute. One that affects only output is relative to the working
  /// directory and stays so.
  void path(std::string_view name, std::optional<PathSetting>& value, Affects affects, std::string_view meaning,
            Presence presence = Presence::optional);

  /// A section; `body` describes its settings. Each section is described once.
  template <std::invocable Body>
  void section(std::string_view name, std::string_view meaning, Body&& body) {
    require_key_name(name);
    on_section(name, meaning, std::ref(body));
  }

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

 private:
  virtual void on_field(const Setting& setting) = 0;
  virtual void on_section(std::string_view name, std::string_view meaning, const std::function<void()>& body) = 0;
  virtual void on_kind(const Setting& discriminator, KindSlot& slot) = 0;
  virtual void on_exclusive(const std::vector<std::string>& names) = 0;

  /// \throws UsageError if `name` is not snake_case
  static void require_key_name(std::string_view name);
};

namespace detail {

template <class KindType>
class TypedKindSlot final : public KindSlot {
 public:
  TypedKindSlot(KindChoice<KindType>& choice, const Registry<KindType>& registry)
      : m_choice(choice), m_registry(registry) {}

  [[nodiscard]] std::string name() const override { return m_choice.name; }
  [[nodiscard]] Kind* kind() const override { return m_choice.kind.get(); }
  [[nodiscard]] std::vector<NamedChoice> entries() const override {
    std::vector<NamedChoice> out;
    for (const auto& entry : m_registry.entries()) {
      out.push_back({entry.name, entry.summary});
    }
    return out;
  }
  [[nodiscard]] std::unique_ptr<Kind> create(std::string_view name) const override { return create_typed(name); }
  void choose(std::string_view name) override {
    m_choice.kind = create_typed(name);
    m_choice.name = name;
  }

 private:
  [[nodiscard]] std::unique_ptr<KindType> create_typed(std::string_view name) const {
    const auto* entry = m_registry.find(name);
    AILOOP_REQUIRE(entry != nullptr, "Registry: " + std::string(name) + " is not registered");
    return entry->create();
  }

  KindChoice<KindType>& m_choice;
  const Registry<KindType>& m_registry;
};

}  // namespace detail

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
  detail::TypedKindSlot<KindType> slot(choice, registry);
  Setting setting;
  setting.name = name;
  setting.type = SettingType::choice;
  setting.presence = choice.name.empty() ? Presence::required : Presence::optional;
  setting.affects = affects;
  setting.meaning = meaning;
  setting.advice = choice.advice;
  setting.constraint = OneOf{slot.entries()};
  setting.get = [&choice]() -> std::optional<SettingValue> {
    return choice.name.empty() ? std::nullopt : std::optional<SettingValue>(choice.name);
  };
  setting.set = [](const std::optional<SettingValue>&) { throw UsageError("Visitor::kind: choose through the slot"); };
  on_kind(setting, slot);
}

}  // namespace ailoop
