#pragma once

/// \file
/// The interface of trainers, and their registry.

#include <ailoop/training/trainer.hpp>
