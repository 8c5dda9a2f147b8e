/// The scale of each term, which its weight divides by, kept away from zero.
///
/// A scale counts as no less than ``relativeFloor`` times the largest seen of the same term, so
/// that a loss that vanishes is not blown up without end. The floor is relative, hence multiplying
/// a loss by a constant changes nothing but its scale. A term that was 0 from the beginning has no
/// scale yet and is divided by 1.
///
/// A bonus is divided by the largest scale that it has had. The entropy of a Gaussian crosses 0
/// while its gradient does not, and dividing by what is left of it would blow it up.
struct TermScales: Sendable, Codable, Hashable {
  /// The smallest number that is a scale: below it, weights would not fit a `Float`.
  static let smallest = 0x1p-100

  /// The smallest fraction of its largest value that a scale is allowed.
  let relativeFloor: Double

  private(set) var current: [Double]
  private(set) var largest: [Double]
  private let isBonus: [Bool]

  init(terms: [LossTerm], relativeFloor: Double) {
    self.relativeFloor = relativeFloor
    isBonus = terms.map { $0.kind == .bonus }
    current = Array(repeating: 0, count: terms.count)
    largest = current
  }

  /// The scale of the term at `index`.
  subscript(index: Int) -> Double {
    get { current[index] }
    set {
      current[index] = newValue
      largest[index] = max(largest[index], newValue)
    }
  }

  /// Whether the term at `index` has ever been different from 0.
  func isKnown(at index: Int) -> Bool { largest[index] >= Self.smallest }

  /// What the weight of the term at `index` is divided by.
  func divisor(at index: Int) -> Double {
    if isBonus[index] { return isKnown(at: index) ? largest[index] : 1 }
    let floored = max(current[index], relativeFloor * largest[index])
    return floored < Self.smallest ? 1 : floored
  }

  /// Whether the floor and not the scale of the term at `index` is divided by.
  func isFloored(at index: Int) -> Bool {
    !isBonus[index] && divisor(at: index) > current[index]
  }

  func validate(for balancer: some LossBalancer) throws(BalancerError) {
    try balancer.require(
      (0..<1).contains(relativeFloor), "relativeFloor", relativeFloor, toBe: "in 0..<1")
    try balancer.requireState(current, "scales")
    try balancer.requireState(largest, "largest scales")
    if isBonus != balancer.terms.map({ $0.kind == .bonus }) {
      throw .badState(balancer: type(of: balancer).name, reason: "its terms are of other kinds")
    }
  }
}
