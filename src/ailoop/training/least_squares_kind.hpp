#pragma once

#include <ailoop/training/trainer.hpp>

namespace ailoop {

/// Registry entry "least_squares": the closed-form fit of surrogates that are linear in their parameters.
[[nodiscard]] RegistryEntry<TrainerKind> least_squares_entry();

}  // namespace ailoop
