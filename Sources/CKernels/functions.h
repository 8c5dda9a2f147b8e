// Elementary functions of sixteen floats: branch-free, of our own, the same bits at every level.
//
// The coefficients are minimax; coefficients.py computes them and prints their errors.

/// exp x, relative error below 1.2e-7: x = n log 2 + r, exp x = 2ⁿ (1 + r + r² P(r)).
INLINE v16 exp16(v16 x) {
  // Beyond these bounds the result is 0 or ∞ anyway, and n would leave the range of the exponent.
  // NaN passes: of an unordered pair, max16 and min16 give the second number.
  const v16 clamped = min16(splat(89.0f), max16(splat(-104.0f), x));
  const float magic = 12582912.0f;  // 1.5 · 2²³: adding it rounds to a whole number
  const v16 shifted = fma16(clamped, splat(1.44269504088896341f), splat(magic));
  const v16 n = shifted - magic;
  // log 2 in two parts, of which the first has few bits: its product with n is exact.
  v16 r = fma16(n, splat(-0.693359375f), clamped);
  r = fma16(n, splat(2.12194440e-4f), r);
  v16 p = splat(1.381461028e-03f);
  p = fma16(p, r, splat(8.368711147e-03f));
  p = fma16(p, r, splat(4.166838749e-02f));
  p = fma16(p, r, splat(1.666652068e-01f));
  p = fma16(p, r, splat(4.999999345e-01f));
  const v16 e = fma16(p, r * r, r) + 1.0f;
  // 2ⁿ in two factors, so that neither overflows and the least results are denormal, not zero.
  const i16 whole = float_to_bits(shifted) - 0x4b400000;
  const i16 half = whole >> 1;
  const v16 first = bits_to_float((half + 127) << 23);
  const v16 second = bits_to_float((whole - half + 127) << 23);
  return e * first * second;
}

/// log(1 + f) for f in [√½ − 1, √2 − 1]: f − f²/2 + f³ P(f).
INLINE v16 log_near_one(v16 f) {
  v16 p = splat(6.746638252e-02f);
  p = fma16(p, f, splat(-1.167565121e-01f));
  p = fma16(p, f, splat(1.188816297e-01f));
  p = fma16(p, f, splat(-1.240558906e-01f));
  p = fma16(p, f, splat(1.421955228e-01f));
  p = fma16(p, f, splat(-1.666799584e-01f));
  p = fma16(p, f, splat(2.000211866e-01f));
  p = fma16(p, f, splat(-2.500000960e-01f));
  p = fma16(p, f, splat(3.333331260e-01f));
  const v16 square = f * f;
  return fma16(square * f, p, fma16(square, splat(-0.5f), f));
}

/// log x: x = m 2ⁿ with m in [√½, √2). Zero gives −∞, a negative number NaN.
INLINE v16 log16(v16 x) {
  // A denormal number has no exponent to read, so it is multiplied by 2²³ first.
  const i16 tiny = x < 1.17549435e-38f;
  const v16 scaled = select16(tiny, x * 8388608.0f, x);
  const i16 bits = float_to_bits(scaled);
  // 0x3f3504f3 are the bits of √½: subtracting them lets the exponent change over there, not at 1.
  const i16 exponent = (bits - 0x3f3504f3) >> 23;
  const v16 m = bits_to_float(bits - (exponent << 23));
  const v16 n = __builtin_convertvector(exponent, v16) - select16(tiny, splat(23.0f), splat(0.0f));
  v16 y = log_near_one(m - 1.0f);
  y = fma16(n, splat(-2.12194440e-4f), y);
  y = fma16(n, splat(0.693359375f), y);
  y = select16(x == __builtin_inff(), x, y);
  y = select16(x == 0.0f, splat(-__builtin_inff()), y);
  return select16(x >= 0.0f, y, splat(__builtin_nanf("")));
}

/// log(1 + x) for x in [0, 1].
INLINE v16 log_one_plus(v16 x) {
  const i16 large = x > 0.41421356f;
  const v16 f = select16(large, fma16(x, splat(0.5f), splat(-0.5f)), x);
  return log_near_one(f) + select16(large, splat(0.693147181f), splat(0.0f));
}

/// tanh x = x P(x²) / Q(x²), error below 3e-7, exact in sign and at most 1.
INLINE v16 tanh16(v16 x) {
  // From 8 on, the quotient is the last number below 1. NaN passes, as in `exp16`.
  const v16 c = min16(splat(8.0f), max16(splat(-8.0f), x));
  const v16 y = c * c;
  v16 p = splat(-1.156428576e-13f);
  p = fma16(p, y, splat(6.365527791e-11f));
  p = fma16(p, y, splat(-2.231465672e-08f));
  p = fma16(p, y, splat(1.164244320e-05f));
  p = fma16(p, y, splat(3.149364715e-03f));
  p = fma16(p, y, splat(1.312434978e-01f));
  p = fma16(p, y, splat(9.999999982e-01f));
  v16 q = splat(2.612974220e-04f);
  q = fma16(q, y, splat(2.467500042e-02f));
  q = fma16(q, y, splat(4.645768128e-01f));
  q = fma16(q, y, splat(1.0f));
  // No number in these bounds gives a quotient beyond ±1, so nothing is left to clamp.
  return c * p / q;
}

/// 1 / (1 + exp(−x)).
INLINE v16 sigmoid16(v16 x) {
  // Of −|x|, so that it never overflows; the other half follows from σ(−x) = 1 − σ(x).
  const v16 e = exp16(-abs16(x));
  const v16 s = 1.0f / (1.0f + e);
  return select16(x >= 0.0f, s, e * s);
}

/// log(1 + exp x) without overflow.
INLINE v16 softplus16(v16 x) {
  return max16(x, splat(0.0f)) + log_one_plus(exp16(-abs16(x)));
}

/// The error function: x P(x²) up to 1, 1 − exp(−x²) u R(u) with u = 1 / (1 + x/2) beyond.
INLINE v16 erf16(v16 x) {
  const v16 y = x * x;
  v16 p = splat(7.853906752e-05f);
  p = fma16(p, y, splat(-8.010208512e-04f));
  p = fma16(p, y, splat(5.188329567e-03f));
  p = fma16(p, y, splat(-2.685381308e-02f));
  p = fma16(p, y, splat(1.128358518e-01f));
  p = fma16(p, y, splat(-3.761262583e-01f));
  p = fma16(p, y, splat(1.128379166e+00f));
  const v16 a = min16(abs16(x), splat(4.2f));
  const v16 u = 1.0f / fma16(a, splat(0.5f), splat(1.0f));
  v16 r = splat(5.771922267e-02f);
  r = fma16(r, u, splat(-1.078225872e-01f));
  r = fma16(r, u, splat(-8.343130756e-02f));
  r = fma16(r, u, splat(1.883896387e-01f));
  r = fma16(r, u, splat(1.208663432e-01f));
  r = fma16(r, u, splat(2.625543043e-01f));
  r = fma16(r, u, splat(2.797377731e-01f));
  r = fma16(r, u, splat(2.822422699e-01f));
  const v16 tail = 1.0f - exp16(-a * a) * u * r;
  const v16 far = select16(x < 0.0f, -tail, tail);
  return select16(abs16(x) < 1.0f, x * p, far);
}
