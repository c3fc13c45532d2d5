// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/visitor.hpp>

#include <string>
#include <string_view>

namespace ailoop {

/// A description as a JSON Schema (draft 2020-12, https://json-schema.org/draft/2020-12) of the configurations that it
/// describes, for editors and for checks without the program.
///
/// Every setting has its type, range or choices, default and meaning, and `x-affects`; paths have the format `path`. A
/// list says what its `items` are; one that may be a number alone has the type `[number, array]` and the keywords of
/// both. What belongs to a kind stands in the branch of an if/then on the key that names the kind. A schema sees
/// values, not how they are written: `5.0` is an integer to it, and whether a file exists or a key is given twice it
/// cannot know.
/// \param settings the defaults
/// \return JSON text, indented
[[nodiscard]] std::string print_schema(std::string_view title, const Described& settings);

}  // namespace ailoop
