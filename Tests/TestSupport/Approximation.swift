/// How far a number may lie from what is expected: `relative · |expected| + absolute`.
public struct Tolerance: Sendable {
  /// The part that grows with the expected number.
  public let relative: Double
  /// The part that does not.
  public let absolute: Double

  /// A tolerance.
  public init(relative: Double, absolute: Double) {
    self.relative = relative
    self.absolute = absolute
  }

  /// The first number that is off, in a sentence, or `nil` if all are near what is expected.
  ///
  /// A missing or an additional number is off, and so is one that is no number.
  public func mismatch(_ numbers: [Float], _ expected: [Double]) -> String? {
    guard numbers.count == expected.count else {
      return "\(numbers.count) numbers instead of \(expected.count)"
    }
    for (index, (number, wanted)) in zip(numbers, expected).enumerated() {
      let distance = abs(Double(number) - wanted)
      if !(distance <= relative * abs(wanted) + absolute) {
        return "number \(index) is \(number) instead of \(wanted), off by \(distance)"
      }
    }
    return nil
  }

  /// The same for a single number.
  public func mismatch(_ number: Double, _ expected: Double) -> String? {
    let distance = abs(number - expected)
    return distance <= relative * abs(expected) + absolute
      ? nil : "\(number) instead of \(expected), off by \(distance)"
  }
}
