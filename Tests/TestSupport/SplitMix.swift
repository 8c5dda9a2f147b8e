/// A small generator of random numbers that tests can repeat: Steele, Lea and Flood's SplitMix64.
///
/// Source: *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014,
/// <https://doi.org/10.1145/2660193.2660195>.
public struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator; the same seed gives the same numbers.
  public init(seed: UInt64) { state = seed }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number in `[lowest, highest)`, equally likely everywhere.
  public mutating func float(in range: Range<Float> = -1..<1) -> Float {
    let unit = Float(next() >> 40) * 0x1p-24
    return range.lowerBound + (range.upperBound - range.lowerBound) * unit
  }

  /// So many numbers in `[lowest, highest)`.
  public mutating func floats(_ count: Int, in range: Range<Float> = -1..<1) -> [Float] {
    (0..<count).map { _ in float(in: range) }
  }
}
