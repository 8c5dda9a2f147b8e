import Requirements

/// A box of real numbers: what an observation, or a continuous action, can be.
public struct BoxSpace: Sendable, Codable, Hashable {
  /// The lowest value of each component; may be `-infinity`.
  public let lowest: [Float]
  /// The highest value of each component; may be `infinity`.
  public let highest: [Float]

  /// Describes a box by its corners.
  ///
  /// - Precondition: The corners have the same count, and none of `lowest` exceeds `highest`.
  public init(lowest: [Float], highest: [Float]) {
    require(
      lowest.count == highest.count,
      "A box needs as many lowest as highest values; got \(lowest.count) and \(highest.count).")
    require(
      zip(lowest, highest).allSatisfy { $0 <= $1 },
      "A box's lowest values \(lowest) must not exceed its highest \(highest).")
    self.lowest = lowest
    self.highest = highest
  }

  /// Describes a box whose middle is the origin: from `-highest` to `highest`.
  public init(symmetric highest: [Float]) {
    self.init(lowest: highest.map(-), highest: highest)
  }

  /// The number of components.
  public var count: Int { lowest.count }
}

extension BoxSpace {
  /// Whether a point lies in the box, its corners included; NaN lies nowhere.
  public func contains(_ point: [Float]) -> Bool {
    point.count == count && firstIndex(outside: point) == nil
  }

  /// The number that lies a part of the distance between the finite bounds of a component above the
  /// lower one.
  ///
  /// The distance itself may exceed what single precision holds, as between ±2e38; then the bounds
  /// are weighted instead, which never overflows.
  ///
  /// - Parameters:
  ///   - part: From 0, the lower bound, to 1, the upper one; NaN gives NaN.
  ///   - component: Which component; both of its bounds are finite.
  /// - Returns: A number within the bounds.
  @inlinable
  package func number(at part: Float, of component: Int) -> Float {
    let (lowest, highest) = (lowest[component], highest[component])
    let distance = highest - lowest
    let number =
      distance.isFinite ? lowest + part * distance : lowest * (1 - part) + highest * part
    // In an order in which NaN stays what it is.
    return min(number, highest)
  }

  /// The first component without a finite number between its bounds.
  var firstIndexWithoutNumber: Int? {
    lowest.indices.first { lowest[$0] == .infinity || highest[$0] == -.infinity }
  }

  /// The first component of a point that is not within its bounds.
  func firstIndex(outside point: [Float]) -> Int? {
    point.indices.first { !(lowest[$0] <= point[$0] && point[$0] <= highest[$0]) }
  }
}

/// What an action can be.
public enum ActionSpace: Sendable, Codable, Hashable {
  /// One of `count` choices; the action is a single number, the index of the choice.
  case discrete(count: Int)
  /// Several choices at once; the action is one index for each.
  case multiDiscrete(counts: [Int])
  /// Real numbers within bounds.
  case box(BoxSpace)

  /// How many numbers an action is made of.
  public var componentCount: Int {
    switch self {
    case .discrete: 1
    case .multiDiscrete(let counts): counts.count
    case .box(let box): box.count
    }
  }

  /// How many choices, or numbers of a box, can have names.
  var nameableCount: Int {
    if case .box(let box) = self { box.count } else { choiceCounts.reduce(0, +) }
  }

  /// The number of choices of each component of a discrete action; none for a box.
  public var choiceCounts: [Int] {
    switch self {
    case .discrete(let count): [count]
    case .multiDiscrete(let counts): counts
    case .box: []
    }
  }
}
