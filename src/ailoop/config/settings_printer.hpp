// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/visitor.hpp>

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace ailoop {

/// Described settings as YAML that reads back to the same settings, bit by bit: one key a line, in the order of the
/// description, numbers shortest, paths as they are held. Settings without a value are left out.
/// \param only what the settings in the text affect; all of it is what `--print-config` shows
/// \throws ConfigurationError for text that YAML cannot hold (not UTF-8)
/// \throws UsageError for a number that is not finite
[[nodiscard]] std::string print_settings(const Described& settings,
                                         std::initializer_list<Affects> only = {Affects::result, Affects::extent,
                                                                                Affects::execution, Affects::output});

/// A setting that has a value.
struct SettingOfRun {
  SettingValue value;
  Affects affects = Affects::result;
};

/// Values of described settings by their dotted paths, those of lists element by element (`columns[0]`); settings
/// without a value are left out.
[[nodiscard]] std::map<std::string, SettingOfRun> setting_values(const Described& settings);

/// One setting of a program, for people. What it is set with is taken away from it.
struct SettingRow : Setting {
  std::string path;          ///< dotted
  std::string when;          ///< `problem.name = sine` for a setting of one kind; empty for all others
  std::string default_text;  ///< as YAML; `none` for an optional without a value, empty for a required setting
};

/// Every described setting, with every kind that the registries hold, in the order of the description.
/// \param settings the defaults
[[nodiscard]] std::vector<SettingRow> settings_table(const Described& settings);

/// The table as aligned text: a line a setting with path, default, what is allowed, what it affects and its meaning.
[[nodiscard]] std::string to_string(const std::vector<SettingRow>& rows);

}  // namespace ailoop
