import EnvironmentKit
import RandomStreams
import Requirements
import TensorCore

/// A distribution over the actions of each row: a probability for each action, or a density.
///
/// A network returns one as ``PolicyOutput/policy``. The built-in ones are ``Categorical``,
/// ``MultiCategorical``, ``DiagonalGaussian`` and ``SquashedGaussian``; a network may return a type of
/// its own. What is stored and learnt from is the action as it is drawn; an environment receives it as
/// ``writeBounded(_:rows:in:to:)`` writes it.
public protocol ActionDistribution {
  /// The kind of distribution in a word or two, for messages: `Gaussian`.
  var kind: String { get }

  /// The logarithm of the probability, or the density, of each row's action.
  ///
  /// - Parameter actions: Actions as they were drawn, constant, `[rows, components]`.
  /// - Returns: `[rows]`.
  func logProbability(of actions: Variable) -> Variable

  /// The entropy of each row's distribution, in nats, `[rows]`.
  func entropy() -> Variable

  /// The distribution over the valid choices alone.
  ///
  /// The default stops the program: real numbers cannot be masked.
  ///
  /// - Parameter mask: 1 for each valid choice and 0 for the others, those of all components behind
  ///   one another, constant, `[rows, M]`.
  /// - Returns: A distribution in which the others have probability 0.
  func masked(by mask: Variable) -> Self

  /// Writes the most probable action of each row, `[rows, components]`.
  func writeMode(to actions: UnsafeMutablePointer<Float>)

  /// Draws an action for each row, `[rows, components]`.
  ///
  /// - Parameters:
  ///   - actions: Receives the actions.
  ///   - noise: The numbers that a policy with an ``ExplorationSchedule`` keeps for several steps,
  ///     for each row; `nil` for new ones, of the same distribution, from the row's stream.
  ///   - stream: The random numbers of a row, counted from 0, which must not depend on how rows
  ///     are grouped. At most two numbers of 64 bits may be drawn for each component of an action.
  func sample(
    to actions: UnsafeMutablePointer<Float>, noise: UnsafePointer<Float>?,
    stream: (_ row: Int) -> RandomStream)

  /// Writes actions as the environment receives them; by default clipped to the bounds of a box.
  ///
  /// The same in training, in evaluation and in every other use of a policy.
  ///
  /// - Parameters:
  ///   - actions: Actions as they were drawn, `[rows, components]`.
  ///   - rows: The number of rows.
  ///   - space: The action space of the environment.
  ///   - bounded: Receives the actions; may be the same memory.
  func writeBounded(
    _ actions: UnsafePointer<Float>, rows: Int, in space: ActionSpace,
    to bounded: UnsafeMutablePointer<Float>)

  /// What the policy prefers in each row, for displays; by default unknown.
  func preferences(rows: Int) -> [Decision.Preferences]

  /// Finds a number of the distribution from which no action or probability can be computed.
  ///
  /// By default none is found; actions themselves are checked in any case.
  ///
  /// - Returns: The row and the first such number, `nil` if there is none.
  func firstNotFinite() -> (row: Int, number: Float)?

  /// Compares the distribution with the action space of an environment; by default everything fits.
  ///
  /// - Throws: ``NetworkMismatch`` that says what does not fit.
  func checkFit(to space: ActionSpace, rows: Int) throws(NetworkMismatch)
}

extension ActionDistribution {
  /// By default stops the program.
  public func masked(by mask: Variable) -> Self {
    stop("Real numbers cannot be masked; only choices can be invalid.")
  }

  /// By default clips to the bounds of a box, and copies choices.
  public func writeBounded(
    _ actions: UnsafePointer<Float>, rows: Int, in space: ActionSpace,
    to bounded: UnsafeMutablePointer<Float>
  ) {
    let count = rows * space.componentCount
    guard case .box(let box) = space else {
      if UnsafePointer(bounded) != actions { bounded.update(from: actions, count: count) }
      return
    }
    for at in 0..<count {
      let component = at % box.count
      bounded[at] = min(max(actions[at], box.lowest[component]), box.highest[component])
    }
  }

  /// By default unknown.
  public func preferences(rows: Int) -> [Decision.Preferences] {
    Array(repeating: .unknown, count: rows)
  }

  /// By default nothing is found.
  public func firstNotFinite() -> (row: Int, number: Float)? { nil }

  /// By default everything fits.
  public func checkFit(to space: ActionSpace, rows: Int) throws(NetworkMismatch) {}

  /// Draws an action for each row with new random numbers, `[rows, components]`.
  public func sample(
    to actions: UnsafeMutablePointer<Float>, stream: (_ row: Int) -> RandomStream
  ) {
    sample(to: actions, noise: nil, stream: stream)
  }

  /// The error of a distribution of the wrong kind for a space.
  func mismatch(with space: ActionSpace) -> NetworkMismatch {
    NetworkMismatch(
      description: """
        PolicyOutput.policy is \(kind), but the actions are \(space.outline). Give the network a \
        policy of their kind.
        """)
  }
}

extension ActionSpace {
  /// The numbers of 64 random bits that are set aside for drawing one action.
  var wordsPerAction: UInt64 { UInt64(2 * componentCount) }

  /// The kind of the space in words.
  fileprivate var outline: String {
    switch self {
    case .discrete(let count): "one of \(count) choices"
    case .multiDiscrete(let counts): "\(counts.count) choices at once"
    case .box(let box): "\(box.count) real numbers"
    }
  }
}

extension Variable {
  /// The numbers of a variable of two axes, row by row.
  var rowArrays: [[Float]] {
    let width = shape[1]
    let numbers = UnsafeBufferPointer(start: memory, count: shape.count)
    return (0..<shape[0]).map { row in Array(numbers[row * width..<(row + 1) * width]) }
  }
}
