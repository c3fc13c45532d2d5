// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/constraint.hpp>
#include <ailoop/core/error.hpp>
#include <ailoop/core/interface.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ailoop {

class Visitor;

/// Settings of one kind of problem, surrogate, trainer and so on; default constructed it holds the defaults.
class Kind : public Interface {
 public:
  /// Describes the keys that belong to this kind, if any; they stand beside the key that names it.
  virtual void describe(Visitor& /*visitor*/) {}
};

/// One kind that a configuration can name. `KindType` derives from Kind and adds how to make what it describes.
template <class KindType>
struct RegistryEntry {
  std::string name;
  std::string summary;  ///< one line
  std::function<std::unique_ptr<KindType>()> create;
};

/// The kinds that can be named in one place of a configuration, in the order in which they were added.
template <class KindType>
class Registry {
 public:
  /// \throws UsageError if the name is taken or is not a name, or `create` is empty
  void add(RegistryEntry<KindType> entry) {
    AILOOP_REQUIRE(is_choice_name(entry.name), "Registry: " + entry.name + " is not a name");
    AILOOP_REQUIRE(find(entry.name) == nullptr, "Registry: " + entry.name + " is registered twice");
    AILOOP_REQUIRE(entry.create != nullptr, "Registry: " + entry.name + " cannot be created");
    m_entries.push_back(std::move(entry));
  }

  /// The entry of that name; nullptr where there is none.
  [[nodiscard]] const RegistryEntry<KindType>* find(std::string_view name) const {
    const auto found = std::ranges::find(m_entries, name, &RegistryEntry<KindType>::name);
    return found == m_entries.end() ? nullptr : &*found;
  }

  [[nodiscard]] const std::vector<RegistryEntry<KindType>>& entries() const noexcept { return m_entries; }

 private:
  std::vector<RegistryEntry<KindType>> m_entries;
};

/// The kind that a configuration chose. An initial `name` is the default; without one the key is required.
template <class KindType>
struct KindChoice {
  std::string name;
  std::unique_ptr<KindType> kind;  ///< set once the settings were read
  std::string advice;              ///< without a default: what else to say where the key is missing
};

}  // namespace ailoop
