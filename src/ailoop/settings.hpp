#pragma once

/// \file
/// How a kind of anything describes its settings: Visitor, and the values that they may take.

#include <ailoop/config/visitor.hpp>
