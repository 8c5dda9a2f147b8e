import CKernels
import Foundation
import TestSupport
import Testing

/// Bounds against an 80-bit reference, measured on five million arguments: sine and cosine 2.1e-16,
/// the logarithm 3.3e-16 and the exponential 1.8e-16 relative. The C library adds its own half ulp.
@Suite("Double-precision functions")
struct ScalarFunctionTests {
  /// Numbers in `[−1, 1)`, dense near 0 too.
  private func samples(_ count: Int) -> [Double] {
    var generator = SplitMix(seed: 5)
    return (0..<count).map { _ in
      Double(Int64(bitPattern: generator.next()) >> 11) * 0x1p-52
    }
  }

  private func sineAndCosine(_ x: Double) -> (sine: Double, cosine: Double) {
    var (sine, cosine) = (0.0, 0.0)
    ck_sincos_f64(x, &sine, &cosine)
    return (sine, cosine)
  }

  @Test("sine and cosine are off by less than 3.3e-16", arguments: [1.0, 10, 1000, 1e5])
  func sineAndCosineAreNear(_ range: Double) {
    let error = samples(50_000).reduce(0) { error, sample in
      let (sine, cosine) = sineAndCosine(sample * range)
      return max(error, abs(sine - sin(sample * range)), abs(cosine - cos(sample * range)))
    }
    #expect(error < 3.3e-16)
  }

  @Test("sine is odd and cosine even, to the bit")
  func symmetry() {
    for sample in samples(1000).map({ $0 * 100 }) {
      let (there, mirrored) = (sineAndCosine(sample), sineAndCosine(-sample))
      #expect(there.sine == -mirrored.sine && there.cosine == mirrored.cosine)
    }
    #expect(sineAndCosine(0) == (0, 1))
    #expect(sineAndCosine(.nan).sine.isNaN && sineAndCosine(.nan).cosine.isNaN)
  }

  @Test("the logarithm is off by less than 4.5e-16 of itself")
  func logarithmIsNear() {
    let nearOne = samples(50_000).map { 1 + $0 * 0.5 }
    let everywhere = samples(50_000).map { scalbn(1 + abs($0), Int($0 * 1022)) }
    let error = (nearOne + everywhere).reduce(0) { error, x in
      x == 1 ? error : max(error, abs(ck_log_f64(x) / log(x) - 1))
    }
    #expect(error < 4.5e-16)
    #expect(ck_log_f64(1) == 0)
    #expect(ck_log_f64(.leastNormalMagnitude) == log(.leastNormalMagnitude))
  }

  @Test("the logarithm of zero is −∞, of a negative number NaN, and denormal numbers have one")
  func logarithmAtItsEnds() {
    #expect(ck_log_f64(0) == -.infinity && ck_log_f64(-0.0) == -.infinity)
    #expect(ck_log_f64(.infinity) == .infinity)
    for x: Double in [-Double.leastNonzeroMagnitude, -1, -1e300, -.infinity, .nan] {
      #expect(ck_log_f64(x).isNaN, "\(x)")
    }
    for x: Double in [Double.leastNonzeroMagnitude, 1e-320, 1e-310, .greatestFiniteMagnitude] {
      #expect(abs(ck_log_f64(x) / log(x) - 1) < 4.5e-16, "\(x)")
    }
  }

  @Test("the exponential overflows to infinity and underflows to denormal numbers, then to zero")
  func exponentialAtItsEnds() {
    for x: Double in [709, 709.7, 709.782712893384, -708, -709] {
      #expect(abs(ck_exp_f64(x) / exp(x) - 1) < 3.4e-16, "\(x)")
    }
    for x: Double in [-720, -744, -745, -745.13] {
      #expect(abs(ck_exp_f64(x) - exp(x)) <= .leastNonzeroMagnitude, "\(x)")
    }
    for x: Double in [709.79, 711, 745, 1e4, 1e300, .infinity] {
      #expect(ck_exp_f64(x) == .infinity)
    }
    for x: Double in [-745.14, -746, -1e4, -1e300, -.infinity] { #expect(ck_exp_f64(x) == 0) }
    #expect(ck_exp_f64(.nan).isNaN)
  }

  @Test("the exponential is off by less than 3.4e-16 of itself", arguments: [1.0, 30, 700])
  func exponentialIsNear(_ range: Double) {
    let error = samples(50_000).reduce(0) { error, sample in
      max(error, abs(ck_exp_f64(sample * range) / exp(sample * range) - 1))
    }
    #expect(error < 3.4e-16)
    #expect(ck_exp_f64(0) == 1)
  }
}
