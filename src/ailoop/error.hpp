#pragma once

/// \file
/// What ailoop throws.

#include <ailoop/core/error.hpp>
