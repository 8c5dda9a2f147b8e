#include "ck_scalar.h"
#include <stdint.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

void ck_sincos_f64(double x, double *sine, double *cosine) {
  // x = quarter * π/2 + r, |r| <= π/4; π/2 in three parts of 33 bits each (Cody and Waite).
  const double scaled = x * 6.36619772367581382433e-01;
  const int64_t quarter = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  const double q = (double)quarter;
  double r = x - q * 1.57079632673412561417e+00;
  r -= q * 6.07710050630396597660e-11;
  r -= q * 2.02226624871116645580e-21;
  const double z = r * r;
  // Taylor series: at |r| = π/4 the first omitted terms are below 2^-53.
  double s = -1.0 / 1307674368000.0;
  s = s * z + 1.0 / 6227020800.0;
  s = s * z - 1.0 / 39916800.0;
  s = s * z + 1.0 / 362880.0;
  s = s * z - 1.0 / 5040.0;
  s = s * z + 1.0 / 120.0;
  s = s * z - 1.0 / 6.0;
  const double sin_r = r + r * z * s;
  double c = 1.0 / 20922789888000.0;
  c = c * z - 1.0 / 87178291200.0;
  c = c * z + 1.0 / 479001600.0;
  c = c * z - 1.0 / 3628800.0;
  c = c * z + 1.0 / 40320.0;
  c = c * z - 1.0 / 720.0;
  c = c * z + 1.0 / 24.0;
  const double cos_r = 1.0 - 0.5 * z + z * z * c;
  const int swap = quarter & 1;
  const double first = swap ? cos_r : sin_r;
  const double second = swap ? sin_r : cos_r;
  *sine = quarter & 2 ? -first : first;
  *cosine = (quarter + 1) & 2 ? -second : second;
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
