// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/trainer.hpp>

#include <ailoop/config/visitor.hpp>

namespace ailoop {

void describe(Visitor& v, TrainedBy& placement) {
  v.field("placement", placement,
          choices<TrainedBy>(
              {{TrainedBy::automatic, "auto", "all ranks where a step is worth a message, and can be shared"},
               {TrainedBy::model_rank, "model_rank", "the model rank, to which samples are gathered"},
               {TrainedBy::all_ranks, "all_ranks", "every rank adds up a part of each step"}}),
          Affects::result, "where training happens");
}

}  // namespace ailoop
