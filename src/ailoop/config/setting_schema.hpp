#pragma once

#include <ailoop/config/setting.hpp>

#include <nlohmann/json_fwd.hpp>

namespace ailoop::detail {

/// JSON Schema of what a setting may be, as SchemaPrinter describes it.
[[nodiscard]] nlohmann::ordered_json setting_schema(const Setting& setting);

}  // namespace ailoop::detail
