#pragma once

#include <ailoop/training/trainer.hpp>

namespace ailoop {

void describe(Visitor& v, AdamSettings& settings);
void describe(Visitor& v, SgdSettings& settings);

/// Registry entries "adam" and "sgd": optimizers for surrogates that are linear in their parameters.
[[nodiscard]] RegistryEntry<TrainerKind> adam_entry();
[[nodiscard]] RegistryEntry<TrainerKind> sgd_entry();

}  // namespace ailoop
