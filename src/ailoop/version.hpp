#pragma once

/// \file
/// Which ailoop this is.

#include <ailoop/core/version.hpp>
