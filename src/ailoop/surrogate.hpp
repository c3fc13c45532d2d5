#pragma once

/// \file
/// The interface of surrogates, and their registry.

#include <ailoop/surrogate/surrogate.hpp>
