import EnvironmentKit
import RandomStreams
import TensorCore

/// An action distribution of any type.
///
/// The built-in ones are held as they are, since a box for each forward pass would be an allocation.
public enum AnyActionDistribution: ActionDistribution {
  /// One of A choices.
  case categorical(Categorical)
  /// Several choices at once.
  case multiCategorical(MultiCategorical)
  /// A real numbers, independent of each other.
  case gaussian(DiagonalGaussian)
  /// A real numbers between bounds, independent of each other.
  case squashed(SquashedGaussian)
  /// A distribution of another type.
  case other(any ActionDistribution)

  /// Holds a distribution.
  public init(_ distribution: some ActionDistribution) {
    self =
      switch distribution {
      case let any as AnyActionDistribution: any
      case let categorical as Categorical: .categorical(categorical)
      case let choices as MultiCategorical: .multiCategorical(choices)
      case let gaussian as DiagonalGaussian: .gaussian(gaussian)
      case let squashed as SquashedGaussian: .squashed(squashed)
      default: .other(distribution)
      }
  }

  /// The kind of the distribution that is held.
  public var kind: String { content.kind }

  /// As the distribution that is held has it, `[rows]`.
  public func logProbability(of actions: Variable) -> Variable {
    switch self {
    case .categorical(let distribution): distribution.logProbability(of: actions)
    case .multiCategorical(let distribution): distribution.logProbability(of: actions)
    case .gaussian(let distribution): distribution.logProbability(of: actions)
    case .squashed(let distribution): distribution.logProbability(of: actions)
    case .other(let distribution): distribution.logProbability(of: actions)
    }
  }

  /// As the distribution that is held has it, `[rows]`.
  public func entropy() -> Variable {
    switch self {
    case .categorical(let distribution): distribution.entropy()
    case .multiCategorical(let distribution): distribution.entropy()
    case .gaussian(let distribution): distribution.entropy()
    case .squashed(let distribution): distribution.entropy()
    case .other(let distribution): distribution.entropy()
    }
  }

  /// Masks the distribution that is held.
  public func masked(by mask: Variable) -> AnyActionDistribution {
    switch self {
    case .categorical(let distribution): .categorical(distribution.masked(by: mask))
    case .multiCategorical(let distribution): .multiCategorical(distribution.masked(by: mask))
    case .gaussian(let distribution): .gaussian(distribution.masked(by: mask))
    case .squashed(let distribution): .squashed(distribution.masked(by: mask))
    case .other(let distribution): .other(distribution.masked(by: mask))
    }
  }

  /// Writes the mode of the distribution that is held.
  public func writeMode(to actions: UnsafeMutablePointer<Float>) {
    switch self {
    case .categorical(let distribution): distribution.writeMode(to: actions)
    case .multiCategorical(let distribution): distribution.writeMode(to: actions)
    case .gaussian(let distribution): distribution.writeMode(to: actions)
    case .squashed(let distribution): distribution.writeMode(to: actions)
    case .other(let distribution): distribution.writeMode(to: actions)
    }
  }

  /// Draws from the distribution that is held.
  public func sample(
    to actions: UnsafeMutablePointer<Float>, noise: UnsafePointer<Float>?,
    stream: (_ row: Int) -> RandomStream
  ) {
    switch self {
    case .categorical(let distribution): distribution.sample(to: actions, stream: stream)
    case .multiCategorical(let distribution): distribution.sample(to: actions, stream: stream)
    case .gaussian(let distribution):
      distribution.sample(to: actions, noise: noise, stream: stream)
    case .squashed(let distribution):
      distribution.sample(to: actions, noise: noise, stream: stream)
    case .other(let distribution): distribution.sample(to: actions, noise: noise, stream: stream)
    }
  }

  /// Bounds actions as the distribution that is held does.
  public func writeBounded(
    _ actions: UnsafePointer<Float>, rows: Int, in space: ActionSpace,
    to bounded: UnsafeMutablePointer<Float>
  ) {
    switch self {
    case .categorical(let distribution):
      distribution.writeBounded(actions, rows: rows, in: space, to: bounded)
    case .multiCategorical(let distribution):
      distribution.writeBounded(actions, rows: rows, in: space, to: bounded)
    case .gaussian(let distribution):
      distribution.writeBounded(actions, rows: rows, in: space, to: bounded)
    case .squashed(let distribution):
      distribution.writeBounded(actions, rows: rows, in: space, to: bounded)
    case .other(let distribution):
      distribution.writeBounded(actions, rows: rows, in: space, to: bounded)
    }
  }

  /// The preferences of the distribution that is held.
  public func preferences(rows: Int) -> [Decision.Preferences] {
    content.preferences(rows: rows)
  }

  /// Checks the numbers of the distribution that is held.
  public func firstNotFinite() -> (row: Int, number: Float)? { content.firstNotFinite() }

  /// Checks the distribution that is held.
  public func checkFit(to space: ActionSpace, rows: Int) throws(NetworkMismatch) {
    try content.checkFit(to: space, rows: rows)
  }

  /// The distribution in a box, for what is not asked in a training step.
  private var content: any ActionDistribution {
    switch self {
    case .categorical(let distribution): distribution
    case .multiCategorical(let distribution): distribution
    case .gaussian(let distribution): distribution
    case .squashed(let distribution): distribution
    case .other(let distribution): distribution
    }
  }
}
