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

double ck_log_f64(double x) {
  // x = m 2^e with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh(s), s = (m - 1) / (m + 1).
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
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

double ck_exp_f64(double x) {
  // x = n log 2 + r, |r| <= log(2)/2; a Taylor series, then 2^n by the exponent's bits.
  const double scaled = x * 1.44269504088896340736;
  const int64_t n = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  const double q = (double)n;
  const double r = (x - q * 6.93147180369123816490e-01) - q * 1.90821492927058770002e-10;
  double p = 1.0;
  for (int k = 14; k > 0; k--) p = 1.0 + r * p / (double)k;
  const uint64_t bits = (uint64_t)(n + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return p * power;
}
