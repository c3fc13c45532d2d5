// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/interface.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace ailoop {

/// Numbers of an array that an archive reads or fills.
using ArchiveValues = std::variant<std::span<float>, std::span<double>, std::span<std::int64_t>>;

/// Visitor of the arrays that make up a saved state: an object shows each of its arrays under a name, and the archive
/// either writes it down or fills it. One function thus serves saving and loading.
class Archive : public Interface {
 public:
  /// \param[in]     name   unique in the archive, e.g. `fc.weight`
  /// \param[in]     shape  extents, row-major; empty for a scalar
  /// \param[in,out] values as many as the shape says
  virtual void tensor(std::string_view name, std::span<const std::int64_t> shape, const ArchiveValues& values) = 0;
};

/// A list that an archive reads or replaces.
using ArchiveList = std::variant<std::vector<double>*, std::vector<std::int64_t>*>;

/// An archive that holds lists of any length as well: the whole state from which a run can go on.
class StateArchive : public Archive {
 public:
  /// \param[in]     name   unique in the archive
  /// \param[in,out] values written down as they are, or replaced by as many as there were
  virtual void list(std::string_view name, const ArchiveList& values) = 0;

  void number(std::string_view name, std::int64_t& value) { tensor(name, {}, std::span(&value, 1)); }
  void number(std::string_view name, double& value) { tensor(name, {}, std::span(&value, 1)); }
};

}  // namespace ailoop
