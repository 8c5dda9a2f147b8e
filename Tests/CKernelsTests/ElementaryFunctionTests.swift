import CKernels
import Testing

/// How far the elementary functions are from the truth, over the whole range of floats.
///
/// The truth is the C library's in double precision. The bounds were measured on all floats, which
/// takes an hour, and are rounded up a little; the tests look at 280 thousand of them. An *ulp* is
/// the distance of the floats around the true value.
@Suite("Elementary functions are near the truth")
struct ElementaryFunctionTests {
  struct Bound: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let function: ck_unary
    /// The largest error in ulps, of denormal results too; `nil` where results may cancel.
    let ulps: Double?
    /// The largest error, relative to the larger of 1 and the true value.
    let mixed: Double
    /// The same for the slope that the pullback uses.
    let slope: Double
  }

  static let bounds = [
    Bound(testDescription: "exp", function: ck_exp, ulps: 1.1, mixed: 8.3e-8, slope: 8.3e-8),
    Bound(testDescription: "log", function: ck_log, ulps: 1.2, mixed: 1.0e-7, slope: 6.0e-8),
    Bound(testDescription: "tanh", function: ck_tanh, ulps: 4.9, mixed: 3.0e-7, slope: 5.9e-7),
    Bound(testDescription: "sigmoid", function: ck_sigmoid, ulps: 2.9, mixed: 9e-8, slope: 9e-8),
    Bound(
      testDescription: "softplus", function: ck_softplus, ulps: 2.2, mixed: 1.1e-7, slope: 9e-8),
    // The tail is a difference of numbers near 1; a denormal sigmoid leaves few digits.
    Bound(testDescription: "gelu", function: ck_gelu, ulps: nil, mixed: 1.7e-7, slope: 1.7e-7),
    Bound(testDescription: "silu", function: ck_silu, ulps: 53, mixed: 1.6e-7, slope: 1e-6),
    // exp x − 1 keeps no relative precision near 0.
    Bound(testDescription: "elu", function: ck_elu, ulps: nil, mixed: 5.1e-8, slope: 5.1e-8),
    Bound(testDescription: "sqrt", function: ck_sqrt, ulps: 0.5, mixed: 6.0e-8, slope: 9.0e-8),
  ]

  /// Floats all over their range, and densely where functions are neither 0 nor infinite.
  static let samples: [Float] =
    stride(from: UInt32(1), to: UInt32.max - 30011, by: 30011).map(Float.init(bitPattern:))
    .filter(\.isFinite) + (-70_000...70_000).map { Float($0) * 0x1.9p-10 }

  private static func samples(of function: ck_unary) -> [Float] {
    switch function {
    case ck_log: samples.filter { $0 > 0 }
    case ck_sqrt: samples.filter { $0 >= 0 }
    default: samples
    }
  }

  /// Half the distance of the floats around a number is the least error that can be asked for.
  private func ulp(_ number: Double) -> Double {
    number.magnitude < Double(Float.leastNormalMagnitude)
      ? Double(Float.leastNonzeroMagnitude) : number.binade.magnitude * 0x1p-23
  }

  @Test("within the stated bounds", arguments: bounds)
  func staysWithinBounds(_ bound: Bound) {
    let samples = Self.samples(of: bound.function)
    var y = [Float](repeating: 0, count: samples.count)
    ck_run_unary(bound.function, &y, samples, samples.count, 0, 0)
    let (ulps, mixed) = largestErrors(of: y, at: samples) {
      ck_naive_unary(bound.function, $0, 0, 0)
    }
    #expect(mixed.error <= bound.mixed, "\(mixed.error) at \(mixed.sample)")
    if let limit = bound.ulps {
      #expect(ulps.error <= limit, "\(ulps.error) ulps at \(ulps.sample)")
    }
  }

  @Test("and their slopes too", arguments: bounds)
  func slopesStayWithinBounds(_ bound: Bound) {
    let samples = Self.samples(of: bound.function).filter { $0 != 0 || bound.function != ck_sqrt }
    let ones = [Float](repeating: 1, count: samples.count)
    var y = ones
    var slopes = ones
    ck_run_unary(bound.function, &y, samples, samples.count, 0, 0)
    ck_run_unary_pullback(
      bound.function, &slopes, ones, samples, y, samples.count, 0, 0, false)
    let (_, mixed) = largestErrors(of: slopes, at: samples) {
      ck_naive_unary_slope(bound.function, $0, 0, 0)
    }
    #expect(mixed.error <= bound.slope, "\(mixed.error) at \(mixed.sample)")
  }

  private typealias Largest = (error: Double, sample: Float)

  /// The largest errors in ulps and in the mixed measure; a wrong infinity counts as infinite.
  private func largestErrors(
    of found: [Float], at samples: [Float], truth: (Double) -> Double
  ) -> (ulps: Largest, mixed: Largest) {
    var (ulps, mixed): (Largest, Largest) = ((0, 0), (0, 0))
    for (number, sample) in zip(found, samples) {
      let wanted = truth(Double(sample))
      let rounded = Float(wanted)
      if rounded == number { continue }
      let isComparable = rounded.isFinite && number.isFinite
      let error = isComparable ? (Double(number) - wanted).magnitude : .infinity
      if error / ulp(wanted) > ulps.error { ulps = (error / ulp(wanted), sample) }
      let relative = error / max(1, wanted.magnitude)
      if relative > mixed.error { mixed = (relative, sample) }
    }
    return (ulps, mixed)
  }

  @Test("tanh is odd and never beyond 1")
  func tanhIsOddAndBounded() {
    // Where it comes nearest to 1, every number.
    let near = (Float(7.9).bitPattern...Float(8).bitPattern).map(Float.init(bitPattern:))
    let samples = Self.samples + near
    var (there, mirrored) = (samples, samples.map { -$0 })
    ck_run_unary(ck_tanh, &there, there, there.count, 0, 0)
    ck_run_unary(ck_tanh, &mirrored, mirrored, mirrored.count, 0, 0)
    #expect(there.allSatisfy { $0.magnitude <= 1 })
    #expect(zip(there, mirrored).allSatisfy { $0.bitPattern == (-$1).bitPattern })
  }
}
