// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/sampling/sampling_settings.hpp>

namespace ailoop {

std::int64_t SamplingSettings::samples(int ranks) const {
  AILOOP_REQUIRE(total.has_value() != per_rank.has_value(), "SamplingSettings: exactly one of per_rank and total");
  return total ? *total : *per_rank * ranks;
}

void describe(Visitor& v, SamplingSettings& settings) {
  v.field("per_rank", settings.per_rank, between(1, 1'000'000'000), Affects::result,
          "samples that each rank draws in a retraining [1]");
  v.field("total", settings.total, between(1, 1'000'000'000), Affects::result,
          "samples that all ranks together draw in a retraining [1]");
  v.field("on_failure", settings.on_failure,
          choices<OnFailure>({{OnFailure::stop, "stop", "the run ends with an error"},
                              {OnFailure::skip, "skip", "the sample is left out, or the query left unanswered"}}),
          Affects::extent, "what follows when the truth fails at a point");
  v.field("drawn_by", settings.drawn_by,
          choices<DrawnBy>({{DrawnBy::automatic, "auto", "the model rank alone, where that is faster"},
                            {DrawnBy::all, "all", "all ranks"}}),
          Affects::execution, "ranks that draw the samples of a retraining");
  v.exclusive("per_rank", "total");
}

}  // namespace ailoop
