// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <memory>
#include <type_traits>

namespace ailoop {

/// A function that somebody else keeps while it is called.
template <class Signature>
class FunctionRef;

template <class Result, class... Arguments>
class FunctionRef<Result(Arguments...)> {
 public:
  template <class Function>
    requires std::is_invocable_r_v<Result, const Function&, Arguments...>
  // NOLINTNEXTLINE(google-explicit-constructor): as a lambda is given where one is expected
  FunctionRef(const Function& function)
      : m_function(std::addressof(function)), m_call([](const void* of, Arguments... arguments) -> Result {
          return (*static_cast<const Function*>(of))(arguments...);
        }) {}

  Result operator()(Arguments... arguments) const { return m_call(m_function, arguments...); }

 private:
  const void* m_function;
  Result (*m_call)(const void*, Arguments...);
};

}  // namespace ailoop
