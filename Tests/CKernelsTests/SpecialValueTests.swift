import CKernels
import Testing

@Suite("Functions at the ends of their range")
struct SpecialValueTests {
  private func value(_ function: ck_unary, _ x: Float) -> Float {
    var y: Float = 0
    ck_run_unary(function, &y, [x], 1, -0.5, 1.5)
    return y
  }

  private func areNaNs(_ numbers: [Float]) -> Bool { numbers.allSatisfy { $0.isNaN } }

  @Test("exp overflows to infinity and underflows to denormal numbers, then to zero")
  func exponential() {
    #expect(value(ck_exp, 0) == 1)
    #expect(value(ck_exp, -.infinity) == 0)
    #expect(value(ck_exp, .infinity) == .infinity)
    #expect(value(ck_exp, 88.72283).isFinite)
    #expect(value(ck_exp, 88.72284) == .infinity)
    #expect(value(ck_exp, .greatestFiniteMagnitude) == .infinity)
    #expect(value(ck_exp, -87.4).isSubnormal)
    #expect(value(ck_exp, -103.9) == .leastNonzeroMagnitude)
    #expect(value(ck_exp, -104) == 0)
    #expect(value(ck_exp, -.greatestFiniteMagnitude) == 0)
  }

  @Test("log of zero is −∞, of a negative number NaN, and denormal numbers have one")
  func logarithm() {
    #expect(value(ck_log, 1) == 0)
    #expect(value(ck_log, 0) == -.infinity)
    #expect(value(ck_log, -0.0) == -.infinity)
    #expect(value(ck_log, .infinity) == .infinity)
    for negative: Float in [-.leastNonzeroMagnitude, -1, -.infinity] {
      #expect(value(ck_log, negative).isNaN)
    }
    #expect(abs(value(ck_log, .leastNonzeroMagnitude) + 103.278_93) < 1e-5)
    #expect(abs(value(ck_log, .leastNormalMagnitude) + 87.336_54) < 1e-5)
    #expect(abs(value(ck_log, .greatestFiniteMagnitude) - 88.722_84) < 1e-5)
  }

  @Test("tanh is near ±1 far out, the same everywhere, and keeps the sign of zero")
  func hyperbolicTangent() {
    #expect(value(ck_tanh, 8) > 1 - 3e-7)
    #expect(value(ck_tanh, .infinity) == value(ck_tanh, 8))
    #expect(value(ck_tanh, -.infinity) == -value(ck_tanh, 8))
    #expect(value(ck_tanh, -0.0).sign == .minus)
    #expect(value(ck_tanh, .leastNonzeroMagnitude) == .leastNonzeroMagnitude)
  }

  @Test("sigmoid and softplus neither overflow nor lose their tails")
  func sigmoidAndSoftplus() {
    #expect(value(ck_sigmoid, 0) == 0.5)
    #expect(value(ck_sigmoid, .infinity) == 1)
    #expect(value(ck_sigmoid, -.infinity) == 0)
    #expect(value(ck_sigmoid, -100) == value(ck_exp, -100))
    #expect(value(ck_softplus, 0) == 0.693_147_2)
    #expect(value(ck_softplus, 1e30) == 1e30)
    #expect(value(ck_softplus, .infinity) == .infinity)
    #expect(value(ck_softplus, -.infinity) == 0)
    #expect(value(ck_softplus, -100) == value(ck_exp, -100))
  }

  @Test("activations are the identity far to the right and vanish far to the left")
  func activations() {
    for function in [ck_relu, ck_silu, ck_gelu, ck_elu] {
      #expect(value(function, 1e30) == 1e30)
      #expect(value(function, .infinity) == .infinity)
      #expect(value(function, -1e30) == (function == ck_elu ? -1 : 0))
    }
    #expect(value(ck_elu, -.infinity) == -1)
    #expect(value(ck_relu, -.infinity) == 0)
  }

  @Test("A NaN stays one", arguments: Level.all)
  func nansStay(_ level: Level) {
    // In a whole vector and in the rest behind it.
    for count in [16, 3] {
      let nans = [Float](repeating: .nan, count: count)
      let ones = [Float](repeating: 1, count: count)
      var y = ones
      for (function, name) in ck_unary.all {
        level.kernels.unary(function, &y, nans, count, -0.5, 1.5)
        #expect(areNaNs(y), "\(name)")
      }
      for (function, name) in ck_binary.all {
        level.kernels.binary(function, &y, nans, 1, ones, 1, count)
        #expect(areNaNs(y), "\(name) of NaN and a number")
        level.kernels.binary(function, &y, ones, 1, nans, 1, count)
        #expect(areNaNs(y), "\(name) of a number and NaN")
      }
      var normalizer: Float = 0
      level.kernels.log_softmax(&y, &normalizer, [.nan] + ones.dropFirst(), 1, count)
      #expect(areNaNs(y + [normalizer]))
    }
  }
}
