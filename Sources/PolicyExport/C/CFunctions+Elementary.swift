// Elementary functions: the polynomials of CKernels/functions.h for one number.

extension CFunction {
  static let bitsSource = """
    static inline float @from_bits(int32_t bits) {
      union { float number; int32_t bits; } both;
      both.bits = bits;
      return both.number;
    }
    static inline int32_t @to_bits(float number) {
      union { float number; int32_t bits; } both;
      both.number = number;
      return both.bits;
    }
    """

  static let expSource = """
    /* exp x = 2^n (1 + r + r^2 P(r)) with x = n log 2 + r. */
    static inline float @exp(float x) {
      const float above = x > -104.0f ? x : -104.0f;
      const float clamped = above < 89.0f ? above : 89.0f;
      /* Adding 1.5 2^23 rounds to a whole number. */
      const float shifted = @fma(clamped, 1.44269504088896341f, 12582912.0f);
      const float n = shifted - 12582912.0f;
      const float r = @fma(n, 2.12194440e-4f, @fma(n, -0.693359375f, clamped));
      float p = 1.381461028e-03f, e;
      const int32_t whole = @to_bits(shifted) - 0x4b400000;
      const int32_t half = whole >> 1;
      p = @fma(p, r, 8.368711147e-03f);
      p = @fma(p, r, 4.166838749e-02f);
      p = @fma(p, r, 1.666652068e-01f);
      p = @fma(p, r, 4.999999345e-01f);
      e = @fma(p, r * r, r) + 1.0f;
      /* 2^n in two factors, so that neither leaves the range. */
      e = e * @from_bits((half + 127) * 8388608) * @from_bits((whole - half + 127) * 8388608);
      return x == x ? e : x;
    }
    """

  static let logSource = """
    /* log x of a positive normal x = m 2^n with m from sqrt(1/2) to sqrt(2). */
    static inline float @log(float x) {
      const int32_t bits = @to_bits(x);
      const int32_t exponent = (bits - 0x3f3504f3) >> 23;
      const float f = @from_bits(bits - exponent * 8388608) - 1.0f;
      const float n = (float)exponent;
      const float square = f * f;
      float p = 6.746638252e-02f;
      p = @fma(p, f, -1.167565121e-01f);
      p = @fma(p, f, 1.188816297e-01f);
      p = @fma(p, f, -1.240558906e-01f);
      p = @fma(p, f, 1.421955228e-01f);
      p = @fma(p, f, -1.666799584e-01f);
      p = @fma(p, f, 2.000211866e-01f);
      p = @fma(p, f, -2.500000960e-01f);
      p = @fma(p, f, 3.333331260e-01f);
      p = @fma(square * f, p, @fma(square, -0.5f, f));
      return @fma(n, 0.693359375f, @fma(n, -2.12194440e-4f, p));
    }
    """

  static let tanhSource = """
    /* tanh x = x P(x^2) / Q(x^2), and 1 from 8 on. */
    static inline float @tanh(float x) {
      const float above = x > -8.0f ? x : -8.0f;
      const float c = above < 8.0f ? above : 8.0f;
      const float y = c * c;
      float p = -1.156428576e-13f, q = 2.612974220e-04f, t;
      p = @fma(p, y, 6.365527791e-11f);
      p = @fma(p, y, -2.231465672e-08f);
      p = @fma(p, y, 1.164244320e-05f);
      p = @fma(p, y, 3.149364715e-03f);
      p = @fma(p, y, 1.312434978e-01f);
      p = @fma(p, y, 9.999999982e-01f);
      q = @fma(q, y, 2.467500042e-02f);
      q = @fma(q, y, 4.645768128e-01f);
      q = @fma(q, y, 1.0f);
      t = c * p / q;
      t = t > -1.0f ? t : -1.0f;
      t = t < 1.0f ? t : 1.0f;
      return x == x ? t : x;
    }
    """

  static let sigmoidSource = """
    /* 1 / (1 + exp(-x)), of -|x| so that it never overflows. */
    static inline float @sigmoid(float x) {
      const float e = @exp(x < 0.0f ? x : -x);
      const float s = 1.0f / (1.0f + e);
      return x >= 0.0f ? s : e * s;
    }
    """

  static let erfSource = """
    /* The error function: x P(x^2) up to 1, 1 - exp(-x^2) u R(u) with u = 1 / (1 + x/2) beyond. */
    static inline float @erf(float x) {
      const float magnitude = x < 0.0f ? -x : x;
      const float y = x * x;
      const float a = magnitude < 4.2f ? magnitude : 4.2f;
      const float u = 1.0f / @fma(a, 0.5f, 1.0f);
      float p = 7.853906752e-05f, r = 5.771922267e-02f, tail;
      p = @fma(p, y, -8.010208512e-04f);
      p = @fma(p, y, 5.188329567e-03f);
      p = @fma(p, y, -2.685381308e-02f);
      p = @fma(p, y, 1.128358518e-01f);
      p = @fma(p, y, -3.761262583e-01f);
      p = @fma(p, y, 1.128379166e+00f);
      r = @fma(r, u, -1.078225872e-01f);
      r = @fma(r, u, -8.343130756e-02f);
      r = @fma(r, u, 1.883896387e-01f);
      r = @fma(r, u, 1.208663432e-01f);
      r = @fma(r, u, 2.625543043e-01f);
      r = @fma(r, u, 2.797377731e-01f);
      r = @fma(r, u, 2.822422699e-01f);
      tail = 1.0f - @exp(-a * a) * u * r;
      if (magnitude < 1.0f) return x * p;
      return x < 0.0f ? -tail : tail;
    }
    """
}
