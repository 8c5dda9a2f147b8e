import RandomStreams
import Requirements

extension ActionSpace {
  /// Draws actions at random for many environments: as ``sample(using:)`` does, but faster and with
  /// other numbers.
  ///
  /// A component takes 32 random bits: choices are equally likely up to 2⁻³², and numbers within
  /// bounds lie on a grid of 2⁻²⁴ of the distance of the bounds.
  ///
  /// - Parameters:
  ///   - actions: Receives the actions, shape `[rows, componentCount]`.
  ///   - generator: The source of randomness.
  /// - Precondition: The count of `actions` is a multiple of ``componentCount``.
  public func sample(
    into actions: UnsafeMutableBufferPointer<Float>, using generator: inout RandomStream
  ) {
    let width = componentCount
    require(
      actions.count.isMultiple(of: width),
      "\(actions.count) numbers are no whole number of actions of \(width) components.")
    switch self {
    case .discrete(let count):
      generator.forEachPart(of: actions) { _, bits in Self.choice(bits, among: count) }
    case .multiDiscrete(let counts):
      generator.forEachPart(of: actions) { index, bits in
        Self.choice(bits, among: counts[index % width])
      }
    case .box(let box) where (box.lowest + box.highest).allSatisfy(\.isFinite):
      generator.forEachPart(of: actions) { index, bits in
        box.number(at: Float(bits &>> 8) * 0x1p-24, of: index % width)
      }
    case .box(let box):
      for row in stride(from: 0, to: actions.count, by: width) {
        for (component, number) in box.sample(using: &generator).enumerated() {
          actions[row + component] = number
        }
      }
    }
  }

  @inline(__always)
  private static func choice(_ bits: UInt32, among count: Int) -> Float {
    // Through 32 bits with a sign, which vectors of every processor can turn into floats.
    Float(Int32(truncatingIfNeeded: (UInt64(bits) &* UInt64(count)) &>> 32))
  }
}

extension RandomStream {
  /// Sets each number to what a function makes of its index and 32 random bits.
  @inline(__always)
  fileprivate mutating func forEachPart(
    of numbers: UnsafeMutableBufferPointer<Float>, _ number: (Int, UInt32) -> Float
  ) {
    let most = 1_024
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: most / 2) { words in
      for first in stride(from: 0, to: numbers.count, by: most) {
        let count = min(most, numbers.count - first)
        fill(UnsafeMutableBufferPointer(rebasing: words[..<((count + 1) / 2)]))
        words.withMemoryRebound(to: UInt32.self) { bits in
          for index in 0..<count { numbers[first + index] = number(first + index, bits[index]) }
        }
      }
    }
  }
}
