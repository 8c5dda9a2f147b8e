import EnvironmentKit
import NeuralNetworks
import PolicyOptimization
import TensorCore

// The one place that knows how networks of this package are made.

extension PolicyModel {
  /// Reads a policy.
  ///
  /// - Throws: ``ExportError`` if its network is not one that can be written in another form, and
  ///   `NetworkMismatch` if it does not fit the environment.
  init(_ trained: TrainedPolicy, in environment: any BatchableEnvironment) throws {
    // A player checks that all counts fit.
    _ = try PolicyPlayer(trained, in: environment)
    guard let network = trained.network as? ActorCritic else {
      throw ExportError(
        description: """
          The network is of type \(type(of: trained.network)), whose layers are not known here; only \
          an ActorCritic can be exported. Export a policy of an ActorCritic, or use the policy from \
          Swift by a PolicyPlayer.
          """)
    }
    try Self.checkNumbers(of: trained)
    let outline = network.outline
    guard !outline.hasImages, trained.normalizer?.leavesImages != true else {
      throw ExportError(
        description: """
          The policy looks at images through convolutions, which cannot be exported yet. Use it from \
          Swift by a PolicyPlayer, or train with the image encoder none.
          """)
    }
    let reader = ParameterReader(parameters: trained.parameters.array)
    let width = environment.observationSpace.count
    self.environment = EnvironmentOutline(environment)
    normalization = trained.normalizer.map {
      Normalization(means: $0.means, scales: $0.scales, bound: ObservationNormalizer.bound)
    }
    policy = reader.trunk(
      outline.policy, outline.value == nil ? "trunk" : "policy", inputs: width)
    value = outline.value.map { reader.trunk($0, "value", inputs: width) }
    policyHead = reader.layer(outline.policyHead, "policy_head")
    valueHead = reader.layer(outline.valueHead, "value_head")
    actions = reader.actions(outline.actions, environment)
    valueScale = ValueScale(trained)
  }
}

extension PolicyModel {
  /// Checks that every number can be written as one in single precision.
  private static func checkNumbers(of trained: TrainedPolicy) throws(ExportError) {
    let parameters = trained.parameters.array
    let broken = trained.network.layout.slices.first { slice in
      parameters[slice.range].contains { !$0.isFinite }
    }
    let units = [
      trained.rewardUnit ?? 1, trained.valueScaling?.shift ?? 0, trained.valueScaling?.scale ?? 1,
    ]
    let isOfRange = units.allSatisfy { Float($0).isFinite }
    if broken == nil, isOfRange, Float(units[0] * units[1]).isFinite,
      Float(units[0] * units[2]).isFinite
    {
      return
    }
    throw ExportError(
      description: """
        \(broken.map { "The parameters '\($0.name)'" } ?? "The scale of the value") cannot be written: a \
        number is not finite in single precision. The policy has diverged; export an earlier checkpoint.
        """)
  }
}

extension PolicyModel.ValueScale {
  /// The scale of a policy's value; `nil` if it is not known.
  fileprivate init?(_ trained: TrainedPolicy) {
    guard let unit = trained.rewardUnit else { return nil }
    if trained.valueScaling?.target == .symlog {
      self = .symlog(scale: unit)
    } else {
      self = .linear(
        shift: unit * (trained.valueScaling?.shift ?? 0),
        scale: unit * (trained.valueScaling?.scale ?? 1))
    }
  }
}

/// Takes layers out of the vector of all parameters.
private struct ParameterReader {
  let parameters: [Float]

  func numbers(_ slice: ParameterSlice) -> [Float] { Array(parameters[slice.range]) }

  func layer(
    _ layer: LinearLayer, _ name: String, activation: Activation = .identity
  ) -> PolicyModel.Layer {
    PolicyModel.Layer(
      name: name, inputs: layer.weight.shape[1], outputs: layer.weight.shape[0],
      weight: numbers(layer.weight), bias: numbers(layer.bias), activation: activation)
  }

  func trunk(_ trunk: NetworkOutline.Trunk, _ name: String, inputs: Int) -> PolicyModel.Trunk {
    PolicyModel.Trunk(
      name: name,
      layers: trunk.layers.enumerated().map { index, layer in
        self.layer(layer, "\(name)_\(index)", activation: trunk.activation)
      },
      recurrence: trunk.recurrence.map { recurrence($0, name) }, inputs: inputs)
  }

  private func recurrence(_ layer: RecurrentLayer, _ name: String) -> PolicyModel.Recurrence {
    PolicyModel.Recurrence(
      cell: layer.cell, size: layer.outputCount,
      input: self.layer(layer.input, "\(name)_recurrent_input"),
      hidden: self.layer(layer.hidden, "\(name)_recurrent_hidden"))
  }

  func actions(
    _ actions: NetworkOutline.Actions, _ environment: any BatchableEnvironment
  ) -> PolicyModel.Actions {
    switch (actions, environment.actionSpace) {
    case (.numbers(let source, let areSquashed), .box(let box)):
      .numbers(box, deviations(source), areSquashed: areSquashed)
    case (_, .discrete(let count)):
      .choices(counts: [count], isSingle: true, areMasked: environment.hasActionMask)
    case (_, let space):
      .choices(
        counts: space.choiceCounts, isSingle: false, areMasked: environment.hasActionMask)
    }
  }

  private func deviations(_ source: NetworkOutline.Deviations) -> PolicyModel.Deviations {
    switch source {
    case .parameter(let slice): .constant(numbers(slice))
    case .network(let layer, let bounds): .layer(self.layer(layer, "deviation_head"), bounds)
    case .exploration(let slice): .exploration(numbers(slice))
    }
  }
}
