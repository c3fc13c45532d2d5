#pragma once

// Where the compiler has vector types and can compile one function for several instruction sets; with compilers of
// device code each lane is a number by itself.
#if defined(__GNUC__) && !defined(__CUDACC__) && !defined(__HIPCC__) && !defined(__SYCL_COMPILER_VERSION)
#define AILOOP_HAVE_VECTOR_TYPES 1
#if defined(__x86_64__)
#define AILOOP_HAVE_X86_TARGETS 1
#endif
#endif

#if defined(AILOOP_HAVE_VECTOR_TYPES)
#define AILOOP_ALWAYS_INLINE [[gnu::always_inline]] inline
#else
#define AILOOP_ALWAYS_INLINE inline
#endif

#include <cmath>
#include <cstring>

namespace ailoop::kernels {

/// Numbers that sums are kept in before they are combined: the same for every instruction set.
inline constexpr int sum_lanes = 8;

/// Eight numbers that are computed with at once.
struct alignas(64) Lanes {
  double values[sum_lanes];
};

namespace detail {

template <int width>
struct VectorOf;

template <>
struct VectorOf<1> {
  using Type = double;
};

#if defined(AILOOP_HAVE_VECTOR_TYPES)
template <>
struct VectorOf<2> {
  using Type [[gnu::vector_size(16)]] = double;
};
template <>
struct VectorOf<4> {
  using Type [[gnu::vector_size(32)]] = double;
};
template <>
struct VectorOf<8> {
  using Type [[gnu::vector_size(64)]] = double;
};
#endif

}  // namespace detail

/// Vectors of an instruction set: `width` numbers, and whether a multiply-add rounds once.
template <int width_, bool fused_>
struct VectorUnit {
  static constexpr int width = width_;
  static constexpr bool fused = fused_;
  using Vector = typename detail::VectorOf<width>::Type;

  AILOOP_ALWAYS_INLINE static void load(const double* from, Vector& v) { std::memcpy(&v, from, sizeof v); }
  AILOOP_ALWAYS_INLINE static void store(double* to, const Vector& v) { std::memcpy(to, &v, sizeof v); }

  /// sum += a b
  AILOOP_ALWAYS_INLINE static void multiply_add(const Vector& a, const Vector& b, Vector& sum) {
    if constexpr (!fused) {
      sum += a * b;
    } else if constexpr (width == 1) {
      sum = std::fma(a, b, sum);
    } else {
      for (int i = 0; i < width; ++i) {
        sum[i] = __builtin_fma(a[i], b[i], sum[i]);
      }
    }
  }
};

namespace detail {

// What every processor of the architecture has, or the compiler was told to expect.
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
inline constexpr bool base_is_fused = true;
#else
inline constexpr bool base_is_fused = false;
#endif
#if defined(AILOOP_HAVE_VECTOR_TYPES)
using BaseUnit = VectorUnit<2, base_is_fused>;
#else
using BaseUnit = VectorUnit<1, base_is_fused>;
#endif

#if defined(AILOOP_HAVE_X86_TARGETS)

template <class Body>
[[gnu::target("avx512f,avx512dq,avx512vl,avx512bw,fma"), gnu::flatten]] void run_with_avx512(const Body& body) {
  body.template run<VectorUnit<8, true>>();
}

template <class Body>
[[gnu::target("avx2,fma"), gnu::flatten]] void run_with_avx2(const Body& body) {
  body.template run<VectorUnit<4, true>>();
}

enum class VectorTarget { base, avx2, avx512 };

[[nodiscard]] inline VectorTarget best_target() {
  static const VectorTarget best = [] {
    const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    return has_avx512 && has_avx2 ? VectorTarget::avx512 : has_avx2 ? VectorTarget::avx2 : VectorTarget::base;
  }();
  return best;
}

#endif

}  // namespace detail

/// Calls `body.run<Unit>()` compiled for the widest vectors of this processor, Unit being a VectorUnit. On the host.
/// With AVX2 and AVX-512 the bits are the same; elsewhere a multiply-add may round twice.
template <class Body>
void with_widest_vectors(const Body& body) {
#if defined(AILOOP_HAVE_X86_TARGETS)
  switch (detail::best_target()) {
    case detail::VectorTarget::avx512:
      return detail::run_with_avx512(body);
    case detail::VectorTarget::avx2:
      return detail::run_with_avx2(body);
    case detail::VectorTarget::base:
      break;
  }
#endif
  body.template run<detail::BaseUnit>();
}

}  // namespace ailoop::kernels
