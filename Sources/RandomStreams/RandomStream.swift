import CKernels

/// A stream of random numbers that is addressed, not consumed in turn.
///
/// Every stream has an address: the seed of the run, a purpose and an index, for example the
/// environment's number. Number `n` of a stream is a function of the address and `n` alone
/// (counter-based generation), hence nobody's draw depends on who drew before, and a run repeats to
/// the bit on any number of threads.
///
///     var stream = RandomStream(seed: 1, purpose: .environment, index: 7)
///     let position = stream.uniform(in: -0.05..<0.05)
public struct RandomStream: RandomNumberGenerator, Sendable, Codable, Hashable {
  /// What a stream is drawn for; streams of different purposes are independent.
  public enum Purpose: UInt32, Sendable, Codable {
    /// The initial weights of a network.
    case initialization = 1
    /// The initial states and the noise of environments.
    case environment = 2
    /// The actions that a stochastic policy takes.
    case action = 3
    /// The order of the rows in the minibatches.
    case shuffling = 4
    /// The random choices of a loss balancer.
    case balancing = 5
    /// The environments of an evaluation.
    case evaluationEnvironment = 6
    /// The actions of a stochastic evaluation.
    case evaluationAction = 7
    /// Whatever else a program needs; streams of its own differ by their index.
    case other = 8
  }

  @usableFromInline let key: SIMD2<UInt32>
  @usableFromInline let purpose: UInt32
  @usableFromInline let index: UInt32

  /// How many words of 64 bits have been drawn.
  public var position: UInt64

  /// Addresses a stream.
  ///
  /// - Parameters:
  ///   - seed: The seed of the run.
  ///   - purpose: What the numbers are drawn for.
  ///   - index: Which of the streams of that purpose, in `0..<2³²`.
  ///   - position: How many words of 64 bits to skip, below 2⁶⁴.
  @inlinable
  public init(seed: UInt64, purpose: Purpose, index: Int, position: UInt64 = 0) {
    precondition(
      UInt32(exactly: index) != nil, "The index of a stream is \(index); it must be in 0..<2^32.")
    self.key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed &>> 32))
    self.purpose = purpose.rawValue
    self.index = UInt32(truncatingIfNeeded: index)
    self.position = position
  }

  /// The next 64 random bits.
  @inlinable
  public mutating func next() -> UInt64 {
    let block = position &>> 1
    let words = philox(
      key: key,
      counter: SIMD4(
        UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block &>> 32), index, purpose)
    )
    let odd = position & 1 == 1
    position &+= 1
    return odd
      ? UInt64(words[3]) &<< 32 | UInt64(words[2]) : UInt64(words[1]) &<< 32 | UInt64(words[0])
  }

  /// A number in `[0, 1)`, a multiple of 2⁻⁵³.
  @inlinable
  public mutating func uniform() -> Double {
    Double(next() &>> 11) * 0x1p-53
  }

  /// A number in `[lower, upper)`.
  ///
  /// - Precondition: The range is not empty.
  @inlinable
  public mutating func uniform(in range: Range<Double>) -> Double {
    precondition(!range.isEmpty, "No number lies in the empty range \(range).")
    let number = range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    // The sum may have been rounded up to the bound that it must stay below.
    return min(number, range.upperBound.nextDown)
  }

  /// A whole number in `0..<bound`, each equally likely up to 2⁻³².
  ///
  /// - Precondition: `bound` is from 1 to 2³².
  @inlinable
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0 && bound <= 1 << 32, "The bound is \(bound); it must be in 1...2^32.")
    // The upper half of a product of 32 and 32 bits; shifts bind more tightly than products.
    let product = (next() &>> 32) &* UInt64(bound)
    return Int(product &>> 32)
  }

  /// A number from the standard normal distribution, mean 0 and deviation 1.
  ///
  /// Two uniform numbers give one normal number by the method of Box and Muller. Logarithm, sine
  /// and cosine are those of the kernels, so that no version of a C library changes a draw.
  public mutating func normal() -> Double {
    let radius = (-2 * ck_log_f64(1 - uniform())).squareRoot()
    var sine = 0.0
    var cosine = 0.0
    ck_sincos_f64(2 * Double.pi * uniform(), &sine, &cosine)
    return radius * cosine
  }
}
