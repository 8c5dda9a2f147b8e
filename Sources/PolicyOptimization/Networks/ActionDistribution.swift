import EnvironmentKit
import RandomStreams
import Requirements
import TensorCore

/// What a policy says about the actions of some rows: a probability for each, or a density.
public enum ActionDistribution {
  /// One of A choices.
  case categorical(Categorical)
  /// Several choices at once.
  case multiCategorical(MultiCategorical)
  /// A real numbers, independent of each other.
  case gaussian(DiagonalGaussian)
  /// A real numbers between bounds, independent of each other.
  case squashed(SquashedGaussian)

  /// The logarithm of the probability, or the density, of each row's action, `[rows]`.
  ///
  /// - Parameter actions: `[rows, components]`.
  /// - Returns: `[rows]`.
  public func logProbability(of actions: Variable) -> Variable {
    switch self {
    case .categorical(let distribution): distribution.logProbability(of: actions)
    case .multiCategorical(let distribution): distribution.logProbability(of: actions)
    case .gaussian(let distribution): distribution.logProbability(of: actions)
    case .squashed(let distribution): distribution.logProbability(of: actions)
    }
  }

  /// The entropy of each row's distribution, `[rows]`.
  public func entropy() -> Variable {
    switch self {
    case .categorical(let distribution): distribution.entropy()
    case .multiCategorical(let distribution): distribution.entropy()
    case .gaussian(let distribution): distribution.entropy()
    case .squashed(let distribution): distribution.entropy()
    }
  }

  /// The distribution over the valid choices alone.
  ///
  /// - Parameter mask: 1 for each valid choice and 0 for the others, those of all components behind
  ///   one another, constant, `[rows, M]`.
  /// - Returns: A distribution that gives the others the probability 0.
  /// - Precondition: The actions are choices.
  public func masked(by mask: Variable) -> ActionDistribution {
    switch self {
    case .categorical(let distribution): .categorical(distribution.masked(by: mask))
    case .multiCategorical(let distribution): .multiCategorical(distribution.masked(by: mask))
    case .gaussian, .squashed:
      stop("Real numbers cannot be masked; only choices can be invalid.")
    }
  }

  /// Writes the most probable action of each row, `[rows, components]`.
  public func writeMode(to actions: UnsafeMutablePointer<Float>) {
    switch self {
    case .categorical(let distribution): distribution.writeMode(to: actions)
    case .multiCategorical(let distribution): distribution.writeMode(to: actions)
    case .gaussian(let distribution): distribution.writeMode(to: actions)
    case .squashed(let distribution): distribution.writeMode(to: actions)
    }
  }

  /// Draws an action for each row, `[rows, components]`.
  ///
  /// - Parameters:
  ///   - actions: Receives the actions.
  ///   - noise: The numbers that a policy with an ``ExplorationSchedule`` keeps for several steps,
  ///     for each row; `nil` for new ones, of the same distribution, from the row's stream.
  ///   - stream: The random numbers of a row, counted from 0, which must not depend on how rows
  ///     are grouped.
  public func sample(
    to actions: UnsafeMutablePointer<Float>, noise: UnsafePointer<Float>? = nil,
    stream: (_ row: Int) -> RandomStream
  ) {
    switch self {
    case .categorical(let distribution): distribution.sample(to: actions, stream: stream)
    case .multiCategorical(let distribution): distribution.sample(to: actions, stream: stream)
    case .gaussian(let distribution):
      distribution.sample(to: actions, noise: noise, stream: stream)
    case .squashed(let distribution):
      distribution.sample(to: actions, noise: noise, stream: stream)
    }
  }

  /// Whether actions are squashed into (−1, 1) before an environment gets them.
  var isSquashed: Bool {
    if case .squashed = self { true } else { false }
  }

  /// How many words of 64 random bits ``sample(to:noise:stream:)`` draws for an action of so many
  /// components.
  static func wordsPerAction(components: Int) -> UInt64 { UInt64(2 * components) }
}
