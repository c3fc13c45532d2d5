#pragma once

/// \file
/// The interface of gates, and their registry.

#include <ailoop/emulator/gate.hpp>
