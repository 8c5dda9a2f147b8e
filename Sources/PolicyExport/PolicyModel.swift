import EnvironmentKit
import NeuralNetworks
import PolicyOptimization
import TensorCore

/// A policy as numbers and shapes, in whatever form they will be written.
struct PolicyModel {
  /// A fully connected layer: `f(weight x + bias)`.
  struct Layer {
    let name: String
    let inputs: Int
    let outputs: Int
    /// `[out, in]`.
    let weight: [Float]
    let bias: [Float]
    let activation: Activation
  }

  /// A layer that remembers.
  struct Recurrence {
    let cell: RecurrentCell
    /// The number of outputs, H.
    let size: Int
    let input: Layer
    let hidden: Layer

    /// How many numbers it remembers.
    var memoryCount: Int { cell == .gru ? size : 2 * size }
  }

  /// Hidden layers, with one that remembers behind them.
  struct Trunk {
    let name: String
    let layers: [Layer]
    let recurrence: Recurrence?
    let inputs: Int

    var memoryCount: Int { recurrence?.memoryCount ?? 0 }
    var outputCount: Int { recurrence?.size ?? layers.last?.outputs ?? inputs }
  }

  /// `min(max((x − mean) scale, −bound), bound)`.
  struct Normalization {
    let means: [Float]
    let scales: [Float]
    let bound: Float
  }

  /// Where deviations come from.
  enum Deviations {
    /// log σ of each number.
    case constant([Float])
    /// A layer that gives log σ, clamped.
    case layer(Layer, ClosedRange<Float>)
    /// log σ of the entries of a noise matrix, `[K, A]`.
    case exploration([Float])
  }

  /// What the outputs of the last layer stand for.
  enum Actions {
    /// Scores of the choices of each component.
    case choices(counts: [Int], isSingle: Bool, areMasked: Bool)
    /// Means of real numbers.
    case numbers(BoxSpace, Deviations, areSquashed: Bool)
  }

  /// How an output of the value's layer becomes a return.
  enum ValueScale {
    /// `shift + scale y`.
    case linear(shift: Double, scale: Double)
    /// `scale sign(y) (exp |y| − 1)`.
    case symlog(scale: Double)
  }

  let environment: EnvironmentOutline
  let normalization: Normalization?
  let policy: Trunk
  let policyHead: Layer
  let actions: Actions
  /// The hidden layers of the value; `nil` where it has those of the policy.
  let value: Trunk?
  let valueHead: Layer
  /// `nil` where the unit of the rewards in training is not known.
  let valueScale: ValueScale?

  /// How many numbers are remembered, those of the policy and then those of the value.
  var memoryCount: Int { policy.memoryCount + (value?.memoryCount ?? 0) }
}

/// What is stored of an environment.
struct EnvironmentOutline {
  let name: String
  let observationCount: Int
  let observationNames: [String]
  let observations: BoxSpace
  let actionNames: [String]
  let actions: ActionSpace

  init(_ environment: any BatchableEnvironment) {
    name = environment.name
    observations = environment.observationSpace
    observationCount = observations.count
    observationNames = environment.observationNames
    actionNames = environment.actionNames
    actions = environment.actionSpace
  }
}
