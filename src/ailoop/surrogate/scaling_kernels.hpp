// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/kernels/scaling.hpp>
#include <ailoop/surrogate/model_scaling.hpp>

namespace ailoop {

[[nodiscard]] constexpr kernels::Transform transform_of(ComponentScaling kind) {
  return kind == ComponentScaling::log            ? kernels::Transform::log
         : kind == ComponentScaling::signed_power ? kernels::Transform::signed_power
                                                  : kernels::Transform::identity;
}

/// Component i, for a kernel.
[[nodiscard]] inline kernels::Scaling scaling_of(const ModelScaling& scaling, std::int64_t i) {
  return {scaling.centre(i), scaling.factor(i), transform_of(scaling.kind(i))};
}

}  // namespace ailoop
