import EnvironmentKit
import RandomStreams
import TensorCore

/// What a policy says about the actions of some rows: a probability for each, or a density.
public enum ActionDistribution {
  /// One of A choices.
  case categorical(Categorical)
  /// A real numbers, independent of each other.
  case gaussian(DiagonalGaussian)

  /// The logarithm of the probability, or the density, of each row's action, `[rows]`.
  ///
  /// - Parameter actions: `[rows, components]`.
  /// - Returns: `[rows]`.
  public func logProbability(of actions: Variable) -> Variable {
    switch self {
    case .categorical(let distribution): distribution.logProbability(of: actions)
    case .gaussian(let distribution): distribution.logProbability(of: actions)
    }
  }

  /// The entropy of each row's distribution, `[rows]`.
  public func entropy() -> Variable {
    switch self {
    case .categorical(let distribution): distribution.entropy()
    case .gaussian(let distribution): distribution.entropy()
    }
  }

  /// Writes the most probable action of each row, `[rows, components]`.
  public func writeMode(to actions: UnsafeMutablePointer<Float>) {
    switch self {
    case .categorical(let distribution): distribution.writeMode(to: actions)
    case .gaussian(let distribution): distribution.writeMode(to: actions)
    }
  }

  /// Draws an action for each row, `[rows, components]`.
  ///
  /// - Parameters:
  ///   - actions: Receives the actions.
  ///   - stream: The random numbers of a row, counted from 0, which must not depend on how rows
  ///     are grouped.
  public func sample(
    to actions: UnsafeMutablePointer<Float>, stream: (_ row: Int) -> RandomStream
  ) {
    switch self {
    case .categorical(let distribution): distribution.sample(to: actions, stream: stream)
    case .gaussian(let distribution): distribution.sample(to: actions, stream: stream)
    }
  }

  /// How many words of 64 random bits ``sample(to:stream:)`` draws for an action of so many
  /// components.
  static func wordsPerAction(components: Int) -> UInt64 { UInt64(2 * components) }
}
