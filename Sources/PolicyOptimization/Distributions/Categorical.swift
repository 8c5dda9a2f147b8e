import EnvironmentKit
import RandomStreams
import TensorCore

/// A distribution over A choices in each row.
public struct Categorical: ActionDistribution {
  /// The logarithms of the probabilities, `[rows, A]`.
  public let logProbabilities: Variable

  /// `categorical`.
  public var kind: String { "categorical" }

  private let scores: Variable

  /// Normalises scores, the outputs of a network, `[rows, A]`.
  public init(scores: Variable) {
    self.scores = scores
    logProbabilities = logSoftmax(scores)
  }

  /// The distribution over the valid choices alone; the mask holds 1 for each of them and 0 for the
  /// others, `[rows, A]`.
  public func masked(by mask: Variable) -> Categorical {
    Categorical(scores: PolicyOptimization.masked(scores, by: mask))
  }

  /// `log p` of each row's choice.
  public func logProbability(of actions: Variable) -> Variable { pick(logProbabilities, actions) }

  /// `H = −Σ p log p`.
  public func entropy() -> Variable { -sum(exp(logProbabilities) * logProbabilities, axis: -1) }

  /// Writes the first of the most probable choices.
  public func writeMode(to actions: UnsafeMutablePointer<Float>) {
    let (rows, count) = (logProbabilities.shape[0], logProbabilities.shape[1])
    for row in 0..<rows {
      actions[row] = Float(mostProbableChoice(logProbabilities.memory + row * count, count))
    }
  }

  /// Draws a choice with one number from the row's stream.
  public func sample(
    to actions: UnsafeMutablePointer<Float>, noise: UnsafePointer<Float>?,
    stream: (_ row: Int) -> RandomStream
  ) {
    let (rows, count) = (logProbabilities.shape[0], logProbabilities.shape[1])
    let probabilities = exp(logProbabilities).memory
    for row in 0..<rows {
      var stream = stream(row)
      actions[row] = Float(drawnChoice(probabilities + row * count, count, using: &stream))
    }
  }

  /// The probabilities of the choices.
  public func preferences(rows: Int) -> [Decision.Preferences] {
    exp(logProbabilities).rowArrays.map { .choices([$0]) }
  }

  /// Finds a NaN. An impossible choice has a logarithm of −∞, which is no fault.
  public func firstNotFinite() -> (row: Int, number: Float)? {
    logProbabilities.first(where: \.isNaN)
  }

  /// Expects one score for each choice of a discrete space.
  public func checkFit(to space: ActionSpace, rows: Int) throws(NetworkMismatch) {
    guard case .discrete(let count) = space else { throw mismatch(with: space) }
    try logProbabilities.check("PolicyOutput.policy, \(kind),", is: Shape(rows, count))
  }
}

/// The first of the most probable choices.
func mostProbableChoice(_ logProbabilities: UnsafePointer<Float>, _ count: Int) -> Int {
  var best = 0
  for choice in 1..<max(count, 1) where logProbabilities[choice] > logProbabilities[best] {
    best = choice
  }
  return best
}

/// Draws by the inverse of the distribution function: the first choice at which the sum of the
/// probabilities exceeds a uniform number.
///
/// Where rounding lets the sum of all stay below it, that is the last choice that is possible.
func drawnChoice(
  _ probabilities: UnsafePointer<Float>, _ count: Int, using stream: inout RandomStream
) -> Int {
  var left = stream.uniform()
  var choice = 0
  while choice < count - 1 {
    left -= Double(probabilities[choice])
    if left < 0 { return choice }
    choice += 1
  }
  while choice > 0, probabilities[choice] == 0 { choice -= 1 }
  return choice
}
