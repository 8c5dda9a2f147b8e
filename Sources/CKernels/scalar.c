#include "ck_scalar.h"
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

typedef double one_double __attribute__((ext_vector_type(1)));
typedef int64_t one_integer __attribute__((ext_vector_type(1)));

#define CK_INLINE static inline
#define CK_SINE_AND_COSINE sine_and_cosine
#define CK_DOUBLES one_double
#define CK_INTEGERS one_integer
#include "ck_sine_and_cosine.h"
#undef CK_INLINE

void ck_sincos_f64(double x, double *sine, double *cosine) {
  one_double s, c;
  sine_and_cosine((one_double)x, &s, &c);
  *sine = s.x;
  *cosine = c.x;
}

/// The logarithm where x is not positive and normal.
static __attribute__((noinline, cold)) double log_at_ends(double x) {
  if (x == 0) return -__builtin_inf();
  if (x < 0) return __builtin_nan("");
  // Infinity and NaN stay; a denormal number is made normal first.
  return x < 2.2250738585072014e-308 ? ck_log_f64(x * 0x1p54) + 54 * -6.93147180559945286e-01 : x;
}

double ck_log_f64(double x) {
  // x = m 2^e with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh(s), s = (m - 1) / (m + 1).
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  // The sign and the exponent are 1 to 2046 for positive normal numbers and for no others.
  if (__builtin_expect((bits >> 52) - 1 >= 2046, 0)) return log_at_ends(x);
  int64_t e = (int64_t)(bits >> 52) - 1023;
  bits = (bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL;
  double m;
  memcpy(&m, &bits, sizeof m);
  if (m > 1.41421356237309504880) {
    m *= 0.5;
    e += 1;
  }
  const double s = (m - 1.0) / (m + 1.0);
  const double z = s * s;
  double p = 1.0 / 21.0;
  p = p * z + 1.0 / 19.0;
  p = p * z + 1.0 / 17.0;
  p = p * z + 1.0 / 15.0;
  p = p * z + 1.0 / 13.0;
  p = p * z + 1.0 / 11.0;
  p = p * z + 1.0 / 9.0;
  p = p * z + 1.0 / 7.0;
  p = p * z + 1.0 / 5.0;
  p = p * z + 1.0 / 3.0;
  const double q = (double)e;
  return q * 6.93147180369123816490e-01 + (2.0 * s + (2.0 * s * z * p + q * 1.90821492927058770002e-10));
}

/// 2^n for n from -1022 to 1023, by the bits of the exponent.
static inline double power_of_two(int64_t n) {
  const uint64_t bits = (uint64_t)(n + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return power;
}

double ck_exp_f64(double x) {
  // Where even the least or the largest number is passed, and for NaN: nothing to compute.
  if (!(x < 710)) return x >= 710 ? __builtin_inf() : x;
  if (x < -746) return 0;
  // x = n log 2 + r, |r| <= log(2)/2; a Taylor series, then 2^n by the exponent's bits.
  const double scaled = x * 1.44269504088896340736;
  const int64_t n = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  const double q = (double)n;
  const double r = (x - q * 6.93147180369123816490e-01) - q * 1.90821492927058770002e-10;
  double p = 1.0;
  for (int k = 14; k > 0; k--) p = 1.0 + r * p / (double)k;
  // 2^n in two factors, so that neither leaves the range: p times the first is exact, and the second
  // rounds once, to infinity or to a denormal number if it comes to that.
  return p * power_of_two(n / 2) * power_of_two(n - n / 2);
}
