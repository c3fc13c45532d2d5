#pragma once

#include <cmath>
#include <cstring>

#if defined(__GNUC__)
#define AILOOP_ALWAYS_INLINE [[gnu::always_inline]] inline
#else
#define AILOOP_ALWAYS_INLINE inline
#endif

namespace ailoop::kernels {

/// Numbers that sums are kept in before they are combined: the same for every instruction set.
inline constexpr int sum_lanes = 8;

/// Eight numbers that are computed with at once.
struct alignas(64) Lanes {
  double values[sum_lanes];
};

namespace detail {

// As many numbers as the registers of the instruction set that is built for (AILOOP_ARCH) hold; with compilers of
// device code, which have no vector types, each lane is a number by itself.
#if !defined(__GNUC__) || defined(__CUDACC__) || defined(__HIPCC__) || defined(__SYCL_COMPILER_VERSION)
inline constexpr int vector_width = 1;
using Vector = double;
#else
#if defined(__AVX512F__)
inline constexpr int vector_width = 8;
#elif defined(__AVX2__)
inline constexpr int vector_width = 4;
#else
inline constexpr int vector_width = 2;
#endif
using Vector [[gnu::vector_size(vector_width * sizeof(double))]] = double;
#endif

AILOOP_ALWAYS_INLINE void load(const double* from, Vector& v) { std::memcpy(&v, from, sizeof v); }
AILOOP_ALWAYS_INLINE void store(double* to, const Vector& v) { std::memcpy(to, &v, sizeof v); }

/// sum += a b, rounded once where the instruction set can.
template <class V>
AILOOP_ALWAYS_INLINE void multiply_add(const V& a, const V& b, V& sum) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  if constexpr (vector_width > 1) {
    for (int i = 0; i < vector_width; ++i) sum[i] = __builtin_fma(a[i], b[i], sum[i]);
  } else {
    sum = std::fma(a, b, sum);
  }
#else
  sum += a * b;
#endif
}

}  // namespace detail
}  // namespace ailoop::kernels
