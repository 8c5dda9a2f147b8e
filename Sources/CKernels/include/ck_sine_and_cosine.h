#ifdef CK_SINE_AND_COSINE

// The sine and the cosine of doubles: defines the function that CK_SINE_AND_COSINE names.
//
// Included once for single doubles and once for vectors of them. CK_DOUBLES is the type of the
// doubles, CK_INTEGERS that of as many integers of 64 bits. Only additions and multiplications,
// none fused, so that every lane has the same bits on every machine.

CK_INLINE void CK_SINE_AND_COSINE(CK_DOUBLES x, CK_DOUBLES *sine, CK_DOUBLES *cosine) {
#pragma clang fp contract(off)
  // x = quarter * π/2 + r, |r| <= π/4; π/2 in three parts of 33 bits each (Cody and Waite).
  // Adding 1.5 · 2⁵² rounds to a whole number and leaves it in the lowest bits.
  const double magic = 6755399441055744.0;
  const CK_DOUBLES shifted = x * 6.36619772367581382433e-01 + magic;
  const CK_INTEGERS quarter = (CK_INTEGERS)shifted;
  const CK_DOUBLES q = shifted - magic;
  CK_DOUBLES r = x - q * 1.57079632673412561417e+00;
  r -= q * 6.07710050630396597660e-11;
  r -= q * 2.02226624871116645580e-21;
  const CK_DOUBLES z = r * r;
  // Taylor series: at |r| = π/4 the first omitted terms are below 2^-53.
  CK_DOUBLES s = z * (-1.0 / 1307674368000.0) + 1.0 / 6227020800.0;
  s = s * z - 1.0 / 39916800.0;
  s = s * z + 1.0 / 362880.0;
  s = s * z - 1.0 / 5040.0;
  s = s * z + 1.0 / 120.0;
  s = s * z - 1.0 / 6.0;
  const CK_INTEGERS sin_r = (CK_INTEGERS)(r + r * z * s);
  CK_DOUBLES c = z * (1.0 / 20922789888000.0) - 1.0 / 87178291200.0;
  c = c * z + 1.0 / 479001600.0;
  c = c * z - 1.0 / 3628800.0;
  c = c * z + 1.0 / 40320.0;
  c = c * z - 1.0 / 720.0;
  c = c * z + 1.0 / 24.0;
  const CK_INTEGERS cos_r = (CK_INTEGERS)(1.0 - 0.5 * z + z * z * c);
  // In odd quarters sine and cosine change places; two quarters of each are negative.
  const CK_INTEGERS swap = -(quarter & 1);
  const CK_INTEGERS first = (sin_r & ~swap) | (cos_r & swap);
  const CK_INTEGERS second = (cos_r & ~swap) | (sin_r & swap);
  *sine = (CK_DOUBLES)(first ^ (quarter & 2) << 62);
  *cosine = (CK_DOUBLES)(second ^ ((quarter + 1) & 2) << 62);
}

#undef CK_SINE_AND_COSINE
#undef CK_DOUBLES
#undef CK_INTEGERS

#endif
