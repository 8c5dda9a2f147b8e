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

    fileprivate func draw(using generator: inout SplitMix) -> Float {
      switch self {
      case .ordinary:
        return generator.float(in: -4..<4)
      case .arbitrary:
        return Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      case .special:
        let choice = Int(generator.next() >> 33)
        return choice % 8 == 0
          ? generator.float(in: -4..<4) : Numbers.special[choice / 8 % Numbers.special.count]
      }
    }
  }

  private static let special: [Float] = {
    let magnitudes: [Float] = [
      0, .leastNonzeroMagnitude, 0x1p-133, .leastNormalMagnitude, 1e-30, 0.414_213_56, 0.5,
      0.999_999_94, 1, 1.414_213_5, 4.2, 8, 88.722_83, 89, 103.972_08, 104, 8_388_608, 1e30,
      .greatestFiniteMagnitude, .infinity,
    ]
    return magnitudes + magnitudes.map { -$0 } + [.nan]
  }()

  // Numbers are copied from a table that is drawn once; debug builds would spend the day drawing.
  private static let tables = Dictionary(
    uniqueKeysWithValues: Kind.allCases.map { kind in
      var generator = SplitMix(seed: 1)
      return (kind, (0..<1 << 15).map { _ in kind.draw(using: &generator) })
    })

  private let table: [Float]
  private var generator: SplitMix

  init(_ kind: Kind, seed: Int) {
    table = Self.tables[kind] ?? []
    generator = SplitMix(seed: UInt64(seed))
  }

  /// So many numbers.
  mutating func array(_ count: Int) -> [Float] {
    let start = Int(generator.next() % UInt64(table.count))
    var numbers = Array(table[start..<min(start + count, table.count)])
    while numbers.count < count { numbers += table.prefix(count - numbers.count) }
    return numbers
  }

  /// A single number.
  mutating func next() -> Float { array(1)[0] }

  /// So many numbers in guarded memory.
  mutating func memory(_ count: Int) -> GuardedMemory<Float> { GuardedMemory(array(count)) }
}
