#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace ailoop {

/// Numbers of an array that an archive reads or fills.
using ArchiveValues = std::variant<std::span<float>, std::span<double>, std::span<std::int64_t>>;

/// Visitor of the arrays that make up a saved state: an object shows each of its arrays under a name, and the archive
/// either writes it down or fills it. One function thus serves saving and loading.
class Archive {
 public:
  Archive() = default;
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;
  virtual ~Archive() = default;

  /// \param[in]     name   unique in the archive, e.g. `fc.weight`
  /// \param[in]     shape  extents, row-major; empty for a scalar
  /// \param[in,out] values as many as the shape says
  virtual void tensor(std::string_view name, std::span<const std::int64_t> shape, const ArchiveValues& values) = 0;
};

}  // namespace ailoop
