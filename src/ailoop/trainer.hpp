// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// \file
/// The interface of trainers, and their registry.

#include <ailoop/training/trainer.hpp>
