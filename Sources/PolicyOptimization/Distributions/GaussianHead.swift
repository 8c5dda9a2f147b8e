import NeuralNetworks
import RandomStreams
import TensorCore

/// Where the deviations of a Gaussian policy come from.
public enum DeviationSource: String, Sendable, Codable, CaseIterable {
  /// Parameters, one for each component of the action: the same in all states.
  case parameter
  /// The network, which gives log σ beside the mean, clamped to −5...2.
  case network
  /// Noise that is itself a function of the state: ``StateDependentExploration``.
  case gsde
}

/// What can be chosen about a policy over real numbers.
public struct GaussianOptions: Sendable, Hashable {
  /// Where its deviations come from.
  public var deviation = DeviationSource.parameter
  /// log σ at the start; of each entry of the noise matrix with ``DeviationSource/gsde``.
  public var initialLogDeviation = 0.0
  /// Steps between draws of a noise matrix, `nil` for one draw a rollout.
  public var stepsBetweenDraws: Int?
  /// Whether actions are squashed into their bounds by tanh, and not clipped.
  public var squashes = false

  /// Parameters, starting at σ = 1, and clipping.
  public init() {}
}

/// The deviations of a Gaussian policy, as a part of a network.
struct GaussianHead: Sendable {
  enum Source {
    case parameter(ParameterSlice)
    case network(LinearLayer)
    case exploration(ParameterSlice)
  }

  /// What log σ is clamped to where the network gives it: σ from 0.0067 to 7.4.
  static let logDeviationBounds: ClosedRange<Float> = -5...2

  let source: Source
  let options: GaussianOptions
  /// What the policy keeps for each environment, if anything.
  let exploration: ExplorationSchedule?

  /// Adds the parameter `log_std`, or the layer of that name, to a layout.
  init(_ options: GaussianOptions, features: Int, actions: Int, in layout: inout ParameterLayout) {
    self.options = options
    switch options.deviation {
    case .parameter: source = .parameter(layout.add("log_std", Shape(actions)))
    case .network:
      source = .network(
        LinearLayer("log_std", inputs: features, outputs: actions, in: &layout))
    case .gsde: source = .exploration(layout.add("log_std", Shape(features, actions)))
    }
    exploration =
      options.deviation == .gsde
      ? ExplorationSchedule(
        numbersPerEnvironment: features * actions, stepsBetweenDraws: options.stepsBetweenDraws)
      : nil
  }

  /// Sets log σ to its start; where the network gives it, up to weights of gain 0.01.
  func initialize(_ parameters: Buffer, using generator: inout RandomStream) {
    let range: Range<Int>
    switch source {
    case .parameter(let slice), .exploration(let slice): range = slice.range
    case .network(let layer):
      layer.initialize(parameters, gain: 0.01, using: &generator)
      range = layer.bias.range
    }
    for index in range { parameters[index] = Float(options.initialLogDeviation) }
  }

  /// The distribution with the means μ, `[rows, A]`, where the last hidden layer gives features,
  /// `[rows, K]`.
  func callAsFunction(
    mean: Variable, features: Variable, on tape: Tape
  ) -> AnyActionDistribution {
    let gaussian =
      switch source {
      case .parameter(let slice):
        DiagonalGaussian(mean: mean, logStandardDeviation: tape.parameter(slice))
      case .network(let layer):
        DiagonalGaussian(
          mean: mean,
          logStandardDeviation: clamp(layer(features, on: tape), Self.logDeviationBounds))
      case .exploration(let slice):
        exploring(
          StateDependentExploration(
            features: features, logDeviations: tape.parameter(slice), on: tape), mean)
      }
    return options.squashes ? .squashed(SquashedGaussian(gaussian)) : .gaussian(gaussian)
  }

  private func exploring(
    _ exploration: StateDependentExploration, _ mean: Variable
  ) -> DiagonalGaussian {
    DiagonalGaussian(
      mean: mean, logStandardDeviation: exploration.logStandardDeviation(),
      exploration: exploration)
  }
}
