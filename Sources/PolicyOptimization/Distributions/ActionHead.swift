import EnvironmentKit
import NeuralNetworks
import RandomStreams
import TensorCore

/// How the outputs of a policy's last layer become a distribution over an action space.
struct ActionHead: Sendable {
  enum Kind {
    case choice
    case choices([Int])
    case numbers(GaussianHead)
  }

  let kind: Kind

  /// How many outputs the last layer of a policy for a space has: one for each choice, or a mean for
  /// each real number.
  static func outputCount(for space: ActionSpace) -> Int {
    switch space {
    case .discrete, .multiDiscrete: space.choiceCounts.reduce(0, +)
    case .box(let box): box.count
    }
  }

  /// Adds the parameters that a policy has besides its layers to a layout.
  ///
  /// - Throws: ``UnsupportedActionSpace`` where the options do not fit the space.
  init(
    for space: ActionSpace, _ options: GaussianOptions, features: Int,
    in layout: inout ParameterLayout
  ) throws(UnsupportedActionSpace) {
    try Self.check(options, space)
    switch space {
    case .discrete: kind = .choice
    case .multiDiscrete(let counts): kind = .choices(counts)
    case .box(let box):
      kind = .numbers(
        GaussianHead(options, features: features, actions: box.count, in: &layout))
    }
  }

  private static func check(
    _ options: GaussianOptions, _ space: ActionSpace
  ) throws(UnsupportedActionSpace) {
    guard case .box(let box) = space else {
      if options.squashes || options.deviation != .parameter {
        throw UnsupportedActionSpace(
          space: space,
          reason: """
            an action is \(space.summary), and only real numbers have a deviation or can be squashed
            """)
      }
      return
    }
    let infinite = (0..<box.count).first { !box.lowest[$0].isFinite || !box.highest[$0].isFinite }
    if options.squashes, let infinite {
      throw UnsupportedActionSpace(
        space: space,
        reason: """
          component \(infinite) of an action, counted from 0, reaches from \(box.lowest[infinite]) \
          to \(box.highest[infinite]), and only what has two finite bounds can be squashed; leave \
          actions clipped, or give the environment bounds
          """)
    }
  }

  /// What the policy keeps for each environment from step to step, if anything.
  var exploration: ExplorationSchedule? {
    if case .numbers(let gaussian) = kind { gaussian.exploration } else { nil }
  }

  func initialize(_ parameters: Buffer, using generator: inout RandomStream) {
    if case .numbers(let gaussian) = kind { gaussian.initialize(parameters, using: &generator) }
  }

  /// The distribution that outputs, made from features, stand for.
  func callAsFunction(
    _ outputs: Variable, features: Variable, on tape: Tape
  ) -> AnyActionDistribution {
    switch kind {
    case .choice: .categorical(Categorical(scores: outputs))
    case .choices(let counts):
      .multiCategorical(MultiCategorical(scores: outputs, counts: counts))
    case .numbers(let gaussian): gaussian(mean: outputs, features: features, on: tape)
    }
  }
}

/// A space of actions that a policy cannot choose from.
public struct UnsupportedActionSpace: Error, CustomStringConvertible {
  /// The space.
  public let space: ActionSpace
  /// Why not.
  public let reason: String

  /// What was found and what was expected.
  public var description: String {
    "The policy does not fit the actions: \(reason)."
  }
}
