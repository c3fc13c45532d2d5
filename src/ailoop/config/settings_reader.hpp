// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/node.hpp>
#include <ailoop/config/visitor.hpp>

#include <functional>

namespace ailoop {

namespace detail {

void read_settings(const Node& root, const std::function<void(Visitor&)>& describe);

}  // namespace detail

/// Fills described settings from a configuration. What the configuration does not name keeps its default.
///
/// All that is wrong is collected, and the first of it is thrown: the file from top to bottom, then each `--set`, then
/// what is missing.
/// \param root a mapping, as load_yaml() returns it
/// \throws ConfigurationError for unknown keys, wrong types, values out of range, and required keys that are missing;
///         `settings` is then partly filled
template <class S>
void read_settings(const Node& root, S& settings) {
  detail::read_settings(root, [&settings](Visitor& visitor) { visitor.fields_of(settings); });
}

}  // namespace ailoop
