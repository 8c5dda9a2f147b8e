import TestSupport

/// Where the arguments of kernels come from: the same seed gives the same numbers.
struct Numbers {
  /// What kind of numbers.
  enum Kind: String, Sendable, CaseIterable {
    /// From −4 to 4.
    case ordinary
    /// Any bit patterns.
    case arbitrary
    /// Mostly NaNs, infinities, zeros, denormal and huge numbers, and where functions change over.
    case special
  }

  let kind: Kind
  var generator: SplitMix

  init(_ kind: Kind, seed: Int) {
    self.kind = kind
    generator = SplitMix(seed: UInt64(seed))
  }

  mutating func next() -> Float {
    switch kind {
    case .ordinary:
      return generator.float(in: -4..<4)
    case .arbitrary:
      return Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
    case .special:
      let choice = Int(generator.next() >> 33)
      return choice % 8 == 0
        ? generator.float(in: -4..<4) : Self.special[choice / 8 % Self.special.count]
    }
  }

  /// So many numbers in guarded memory.
  mutating func memory(_ count: Int) -> GuardedMemory<Float> {
    GuardedMemory((0..<count).map { _ in next() })
  }

  static let special: [Float] = {
    let magnitudes: [Float] = [
      0, .leastNonzeroMagnitude, 0x1p-133, .leastNormalMagnitude, 1e-30, 0.414_213_56, 0.5,
      0.999_999_94, 1, 1.414_213_5, 4.2, 8, 88.722_83, 89, 103.972_08, 104, 8_388_608, 1e30,
      .greatestFiniteMagnitude, .infinity,
    ]
    return magnitudes + magnitudes.map { -$0 } + [.nan]
  }()
}
