import CKernels
import Requirements

/// A stream of random numbers that is addressed, not consumed in turn.
///
/// Every stream has an address: the seed of the run, a purpose and an index, for example the
/// environment's number. Number `n` of a stream is a function of the address and `n` alone
/// (counter-based generation), hence no draw depends on earlier ones elsewhere, and a run repeats to
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
    /// The noise that a policy keeps up for several steps.
    case exploration = 9
    /// The same in a stochastic evaluation.
    case evaluationExploration = 10
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
    if UInt32(exactly: index) == nil { Self.refuse(index: index) }
    self.key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed &>> 32))
    self.purpose = purpose.rawValue
    self.index = UInt32(truncatingIfNeeded: index)
    self.position = position
  }

  /// The next 64 random bits.
  @inlinable
  public mutating func next() -> UInt64 {
    let block = block(position &>> 1)
    let isSecond = position & 1 == 1
    position &+= 1
    return isSecond ? block.second : block.first
  }

  /// The next two words of 64 random bits: those of two calls of ``next()``, in less time.
  @inlinable
  public mutating func nextPair() -> (first: UInt64, second: UInt64) {
    guard position & 1 == 0 else { return (next(), next()) }
    let block = block(position &>> 1)
    position &+= 2
    return block
  }

  /// Fills memory with words of 64 random bits: those of as many calls of ``next()``, in a
  /// fraction of the time.
  ///
  /// - Parameter words: Receives the words.
  package mutating func fill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    var rest = words[...]
    if position & 1 == 1, let first = rest.indices.first {
      rest[first] = next()
      rest = rest.dropFirst()
    }
    let pairs = rest.count / 2
    if pairs > 0, let memory = words.baseAddress {
      ck_run_random_words(
        memory + rest.startIndex,
        ck_stream(key: (key[0], key[1]), index: index, purpose: purpose), position &>> 1, pairs)
      position &+= UInt64(2 * pairs)
    }
    if rest.count % 2 == 1 { rest[rest.endIndex - 1] = next() }
  }

  /// Two words of 64 bits that are computed together.
  ///
  /// Too long to be repeated wherever a number is drawn.
  @usableFromInline
  @inline(never)
  func block(_ number: UInt64) -> (first: UInt64, second: UInt64) {
    let words = philox(
      key: key,
      counter: SIMD4(
        UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number &>> 32), index,
        purpose))
    return (
      UInt64(words[1]) &<< 32 | UInt64(words[0]), UInt64(words[3]) &<< 32 | UInt64(words[2])
    )
  }

  /// A number in `[0, 1)`, a multiple of 2⁻⁵³.
  @inlinable
  public mutating func uniform() -> Double {
    Self.part(next())
  }

  /// The number in `[0, 1)` that random bits stand for.
  @inlinable
  static func part(_ bits: UInt64) -> Double { Double(bits &>> 11) * 0x1p-53 }

  /// A number in `[lower, upper)`.
  ///
  /// - Precondition: The range is not empty.
  @inlinable
  public mutating func uniform(in range: Range<Double>) -> Double {
    if range.isEmpty { Self.refuse(range) }
    return Self.place(next(), in: range)
  }

  /// Two numbers in `[lower, upper)`: those of two calls of ``uniform(in:)``, in less time.
  ///
  /// - Precondition: The range is not empty.
  @inlinable
  public mutating func uniformPair(in range: Range<Double>) -> (first: Double, second: Double) {
    if range.isEmpty { Self.refuse(range) }
    let words = nextPair()
    return (Self.place(words.first, in: range), Self.place(words.second, in: range))
  }

  /// The number of a range that random bits stand for.
  @inlinable
  static func place(_ bits: UInt64, in range: Range<Double>) -> Double {
    let number = range.lowerBound + (range.upperBound - range.lowerBound) * part(bits)
    // The sum may have been rounded up to the bound that it must stay below.
    return min(number, range.upperBound.nextDown)
  }

  /// A whole number in `0..<bound`, each equally likely up to 2⁻³².
  ///
  /// - Precondition: `bound` is from 1 to 2³².
  @inlinable
  public mutating func integer(below bound: Int) -> Int {
    if bound <= 0 || bound > 1 << 32 { Self.refuse(bound: bound) }
    return Self.place(next(), below: bound)
  }

  /// The whole number below a bound that random bits stand for.
  @inlinable
  static func place(_ bits: UInt64, below bound: Int) -> Int {
    // The upper half of a product of 32 and 32 bits; shifts bind more tightly than products.
    let product = (bits &>> 32) &* UInt64(bound)
    return Int(product &>> 32)
  }

  /// A number from the standard normal distribution, mean 0 and deviation 1.
  ///
  /// Two uniform numbers give one normal number by the method of Box and Muller. Logarithm, sine
  /// and cosine are those of the kernels, so that no version of a C library changes a draw.
  public mutating func normal() -> Double {
    let words = nextPair()
    return Self.normal(words.first, words.second)
  }

  /// Numbers from the standard normal distribution: those of `count` calls of ``normal()``, in less
  /// time.
  ///
  /// - Precondition: `count` is not negative.
  public mutating func normals(_ count: Int) -> [Double] {
    require(count >= 0, "There cannot be \(count) numbers.")
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 512) { words in
      [Double](unsafeUninitializedCapacity: count) { numbers, filled in
        while filled < count {
          let pairs = min(words.count / 2, count - filled)
          fill(UnsafeMutableBufferPointer(rebasing: words[..<(2 * pairs)]))
          for pair in 0..<pairs {
            numbers[filled + pair] = Self.normal(words[2 * pair], words[2 * pair + 1])
          }
          filled += pairs
        }
      }
    }
  }

  /// The normal number that two words of random bits stand for.
  private static func normal(_ first: UInt64, _ second: UInt64) -> Double {
    let radius = (-2 * ck_log_f64(1 - part(first))).squareRoot()
    var sine = 0.0
    var cosine = 0.0
    ck_sincos_f64(2 * Double.pi * part(second), &sine, &cosine)
    return radius * cosine
  }
}

// What stops a program, apart from what is inlined into it.

extension RandomStream {
  @usableFromInline
  static func refuse(index: Int) -> Never {
    stop("The index of a stream is \(index); it must be in 0..<2^32.")
  }

  @usableFromInline
  static func refuse(_ range: Range<Double>) -> Never {
    stop("No number lies in the empty range \(range).")
  }

  @usableFromInline
  static func refuse(bound: Int) -> Never {
    stop("The bound of a whole number is \(bound); it must be in 1...2^32.")
  }
}
