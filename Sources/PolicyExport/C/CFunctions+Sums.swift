// Sums of products, in the order in which the kernels add.

extension CFunction {
  static let fusedMultiplyAddSource = """
    /* a b + c, rounded once. */
    #if !defined(@@SOFTWARE_FMA) && \\
      (defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(__FP_FAST_FMAF) || \\
       defined(__riscv_flen))
    #if defined(__clang__) && defined(__has_builtin)
    #if __has_builtin(__builtin_elementwise_fma)
    /* Never a call, as fmaf is where it may set errno. */
    #define @@FMA __builtin_elementwise_fma
    #endif
    #endif
    #if !defined(@@FMA)
    #define @@FMA __builtin_fmaf
    #endif
    static inline float @fma(float a, float b, float c) { return @@FMA(a, b, c); }
    #else
    static inline float @fma(float a, float b, float c) {
      /* The product is exact in double precision, the sum is rounded to it, and then to single. */
      union { double number; uint64_t bits; } sum;
      const double product = (double)a * (double)b, term = (double)c;
      double magnitude;
      sum.number = product + term;
      magnitude = sum.number < 0.0 ? -sum.number : sum.number;
      /* Rounding twice is wrong only from the middle between two floats, which the first rounding
         may have reached; floats below the least normal one have other middles. */
      if ((sum.bits & 0x1fffffffu) == 0x10000000u || magnitude < 1.2e-38) {
        const double added = sum.number - product;
        const double lost = (product - (sum.number - added)) + (term - added);
        /* What is odd cannot be a middle: take the neighbour on the side of what was lost. */
        if ((lost > 0.0 || lost < 0.0) && (sum.bits & 1u) == 0u) {
          if ((lost > 0.0) == (sum.number > 0.0))
            sum.bits++;
          else
            sum.bits--;
        }
      }
      return (float)sum.number;
    }
    #endif
    """

  static let layerSource = """
    /* y = bias + weight x, added from the first input to the last; weight[inputs][outputs]. */
    static inline void @layer(float *y, const float *x, int32_t inputs, int32_t outputs,
                              const float *weight, const float *bias) {
      /* Sums that need not wait for each other side by side, as many as fit the registers. */
      const int32_t whole = outputs / 32 * 32, rest = outputs - whole;
      float sums[32];
      int32_t first, i, k;
      for (first = 0; first < whole; first += 32) {
        for (i = 0; i < 32; i++) sums[i] = bias[first + i];
        for (k = 0; k < inputs; k++) {
          const float *row = weight + k * outputs + first;
          for (i = 0; i < 32; i++) sums[i] = @fma(x[k], row[i], sums[i]);
        }
        for (i = 0; i < 32; i++) y[first + i] = sums[i];
      }
      for (i = 0; i < rest; i++) sums[i] = bias[whole + i];
      for (k = 0; k < inputs; k++) {
        const float *row = weight + k * outputs + whole;
        for (i = 0; i < rest; i++) sums[i] = @fma(x[k], row[i], sums[i]);
      }
      for (i = 0; i < rest; i++) y[whole + i] = sums[i];
    }
    """

  static let narrowLayerSource = """
    /* y = bias + weight x for few outputs, added in 16 parts; weight[outputs][inputs]. */
    static inline void @narrow_layer(float *y, const float *x, int32_t inputs, int32_t outputs,
                                     const float *weight, const float *bias) {
      const int32_t whole = inputs / 16 * 16;
      int32_t i, k, o;
      for (o = 0; o < outputs; o++) {
        const float *row = weight + o * inputs;
        float parts[16];
        for (i = 0; i < 16; i++) parts[i] = 0.0f;
        for (k = 0; k < whole; k += 16)
          for (i = 0; i < 16; i++) parts[i] = @fma(x[k + i], row[k + i], parts[i]);
        for (i = 0; whole < inputs && i < 16; i++)
          parts[i] = whole + i < inputs ? @fma(x[whole + i], row[whole + i], parts[i])
                                        : parts[i] + 0.0f;
        for (k = 8; k > 0; k /= 2)
          for (i = 0; i < k; i++) parts[i] += parts[i + k];
        y[o] = bias[o] + parts[0];
      }
    }
    """

  static let logSoftmaxSource = """
    /* The logarithms of the probabilities of n choices, in place of their scores. */
    static inline void @log_softmax(float *scores, int32_t n) {
      float highest = scores[0], sum = 0.0f, shift;
      int32_t i;
      for (i = 1; i < n; i++) highest = highest > scores[i] ? highest : scores[i];
      for (i = 0; i < n; i++) sum += @exp(scores[i] - highest);
      shift = highest + @log(sum);
      for (i = 0; i < n; i++) scores[i] -= shift;
    }
    """
}
