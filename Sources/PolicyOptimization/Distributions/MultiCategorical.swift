import EnvironmentKit
import RandomStreams
import Requirements
import TensorCore

/// Several choices at once in each row, independent of each other: a product of categorical
/// distributions.
///
/// The scores, probabilities and masks of all components lie behind one another, M = Σ counts in a
/// row.
public struct MultiCategorical: ActionDistribution {
  /// The number of choices of each component.
  public let counts: [Int]
  /// The logarithms of the probabilities, `[rows, M]`; those of each component are normalised.
  public let logProbabilities: Variable

  /// `multi-categorical`.
  public var kind: String { "multi-categorical" }

  private let scores: Variable

  /// Normalises scores, the outputs of a network, component by component.
  ///
  /// - Parameters:
  ///   - scores: `[rows, M]`.
  ///   - counts: The number of choices of each component.
  /// - Precondition: There are as many scores as choices.
  public init(scores: Variable, counts: [Int]) {
    require(
      scores.shape[1] == counts.reduce(0, +),
      "Components of \(counts) choices do not have \(scores.shape[1]) scores.")
    self.scores = scores
    self.counts = counts
    logProbabilities = concatenate(0..<counts.count, axis: 1) { component in
      logSoftmax(slice(scores, Self.columns(component, of: counts), axis: 1))
    }
  }

  /// Where the numbers of a component lie in a row.
  private static func columns(_ component: Int, of counts: [Int]) -> Range<Int> {
    let first = counts[..<component].reduce(0, +)
    return first..<first + counts[component]
  }

  /// The distribution over the valid choices alone; the mask holds 1 for each of them and 0 for the
  /// others, `[rows, M]`.
  public func masked(by mask: Variable) -> MultiCategorical {
    MultiCategorical(scores: PolicyOptimization.masked(scores, by: mask), counts: counts)
  }

  /// `Σ log p` of the components' choices.
  public func logProbability(of actions: Variable) -> Variable {
    sum(
      concatenate(0..<counts.count, axis: 1) { component in
        let choices = slice(actions, component..<component + 1, axis: 1)
        let columns = Self.columns(component, of: counts)
        let picked = pick(slice(logProbabilities, columns, axis: 1), choices)
        return reshape(picked, choices.shape)
      }, axis: -1)
  }

  /// `H = −Σ Σ p log p`, the sum over the components.
  public func entropy() -> Variable { -sum(exp(logProbabilities) * logProbabilities, axis: -1) }

  /// Writes the first of the most probable choices of each component.
  public func writeMode(to actions: UnsafeMutablePointer<Float>) {
    forEachComponent { row, component, at in
      let choice = mostProbableChoice(logProbabilities.memory + at, counts[component])
      actions[row * counts.count + component] = Float(choice)
    }
  }

  /// Draws the components of a row one after another from its stream.
  public func sample(
    to actions: UnsafeMutablePointer<Float>, noise: UnsafePointer<Float>?,
    stream: (_ row: Int) -> RandomStream
  ) {
    let probabilities = exp(logProbabilities).memory
    var numbers: RandomStream?
    forEachComponent { row, component, at in
      var drawing = component == 0 ? stream(row) : numbers ?? stream(row)
      let choice = drawnChoice(probabilities + at, counts[component], using: &drawing)
      actions[row * counts.count + component] = Float(choice)
      numbers = drawing
    }
  }

  /// The probabilities of the choices of each component.
  public func preferences(rows: Int) -> [Decision.Preferences] {
    exp(logProbabilities).rowArrays.map { row in
      .choices(counts.indices.map { Array(row[Self.columns($0, of: counts)]) })
    }
  }

  /// Finds a NaN. An impossible choice has a logarithm of −∞, which is no fault.
  public func firstNotFinite() -> (row: Int, number: Float)? {
    logProbabilities.first(where: \.isNaN)
  }

  /// Expects one score for each choice of each component.
  public func checkFit(to space: ActionSpace, rows: Int) throws(NetworkMismatch) {
    guard case .multiDiscrete(let expected) = space else { throw mismatch(with: space) }
    try logProbabilities.check(
      "PolicyOutput.policy, \(kind),", is: Shape(rows, expected.reduce(0, +)))
    guard counts == expected else {
      throw NetworkMismatch(
        description: """
          PolicyOutput.policy chooses among \(counts) choices; the actions have \(expected).
          """)
    }
  }

  /// Calls the body with each row and component, and with where its numbers begin.
  private func forEachComponent(_ body: (_ row: Int, _ component: Int, _ at: Int) -> Void) {
    var at = 0
    for row in 0..<logProbabilities.shape[0] {
      for component in counts.indices {
        body(row, component, at)
        at += counts[component]
      }
    }
  }
}
