import ControlEnvironments
import EnvironmentKit
import NeuralNetworks
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

/// Numbers from van Hasselt et al. 2016 and Hafner et al. 2023 as computed in double precision with
/// NumPy.
@Suite("Scales of the value's target")
struct ValueScalingTests {
  @Test("PopArt follows the returns and leaves what the layer says as it is")
  func popart() throws {
    var layout = ParameterLayout()
    let layer = LinearLayer("value", inputs: 2, outputs: 1, in: &layout)
    let parameters = Buffer([0.5, -0.25, 0.1])
    var scaling = ValueScaling(.popart, decay: 0.9)
    // As long as there are few rollouts they count alike: these give mean 0 and mean square 1.
    for _ in 0..<10 { scaling.observe([-1, 1] as [Float]) }
    let expected: [(target: Float, mean: Double, deviation: Double, bias: Double, scaled: Double)] =
      [
        (10, 1, 3.146426545, -0.286038777, 2.860387768),
        (14, 2.3, 4.911211663, -0.447954629, 2.382304165),
        (6, 2.67, 4.789582445, -0.536581222, 0.695258937),
      ]
    for step in expected {
      let old = scaling
      scaling.observe([step.target])
      scaling.takeOver(layer, in: parameters, from: old)
      #expect(abs(scaling.shift - step.mean) < 1e-9)
      #expect(abs(scaling.scale - step.deviation) < 1e-8)
      #expect(abs(Double(parameters[2]) - step.bias) < 1e-6)
      #expect(abs(scaling.scaled(Double(step.target)) - step.scaled) < 1e-8)
      let output = Double(2 * parameters[0] + 4 * parameters[1] + parameters[2])
      #expect(abs(scaling.unscaled(output) - 0.1) < 1e-6)
    }
    #expect(abs(Double(parameters[0]) - 0.10439323) < 1e-7)
    #expect(abs(Double(parameters[1]) + 0.05219662) < 1e-7)
  }

  @Test("PopArt is indifferent to the scale of the returns", arguments: [1e-4, 1.0, 1e4])
  func popartScale(scale: Double) {
    var scaling = ValueScaling(.popart, decay: 0.5)
    var generator = RandomStream(seed: 1, purpose: .other, index: 0)
    for _ in 0..<3 {
      scaling.observe((0..<100).map { _ in Float(scale * (generator.normal() + 3)) })
    }
    let expected = 1.0
    let deviation = scaling.scaled(scale * 5) - scaling.scaled(scale * 4)
    #expect(abs(deviation - expected) < 0.2)
  }

  @Test("returns that never differ do not give infinite targets")
  func constantReturns() {
    var scaling = ValueScaling(.popart, decay: 0.9)
    for _ in 0..<5 { scaling.observe([0, 0, 0] as [Float]) }
    #expect(scaling.scaled(0) == 0)
    #expect(scaling.unscaled(scaling.scaled(2)) == 2)
  }

  @Test("percentiles make large returns small and leave small ones")
  func percentile() {
    var scaling = ValueScaling(.percentile, decay: 0.99)
    let expected = [(0.005, 0.095), (0.01495, 0.28405), (0.0298005, 0.5662095)]
    for (index, (low, high)) in expected.enumerated() {
      scaling.observe((0...100).map { Float(index + 1) * Float($0) / 10 })
      #expect(abs(scaling.first - low) < 1e-6)
      #expect(abs(scaling.second - high) < 1e-6)
      #expect(scaling.scale == 1)
    }
    scaling.observe((0...100).map { Float($0) * 100 })
    #expect(abs(scaling.scale - (0.99 * (0.5662095 - 0.0298005) + 0.01 * 9000)) < 1e-2)
    #expect(scaling.shift == 0)
  }

  @Test("the symmetric logarithm and its inverse")
  func symlog() {
    let scaling = ValueScaling(.symlog, decay: 0)
    for (value, expected) in [
      (-1000, -6.908754779), (0.5, 0.405465108), (3, 1.386294361), (0, 0),
    ] {
      #expect(abs(scaling.scaled(value) - expected) < 1e-9)
      #expect(abs(scaling.unscaled(scaling.scaled(value)) - value) < 1e-9)
    }
    for prediction in [711.0, 745, 1e4, .infinity] {
      #expect(scaling.unscaled(prediction) == .infinity)
      #expect(scaling.unscaled(-prediction) == -.infinity)
    }
  }

  private func hyperparameters(_ target: ValueTarget, rewardScale: Double) -> Hyperparameters {
    var hyperparameters = Hyperparameters()
    hyperparameters.normalizesReturns = false
    hyperparameters.totalTimesteps = 2_560
    hyperparameters.environmentCount = 8
    hyperparameters.stepsPerRollout = 32
    hyperparameters.minibatchSize = 128
    hyperparameters.updateEpochs = 4
    hyperparameters.hiddenSizes = [16, 16]
    hyperparameters.sharesTrunk = true
    hyperparameters.valueTarget = target
    hyperparameters.rewardScale = rewardScale
    return hyperparameters
  }

  /// The value losses of the updates of a run.
  private func losses(of hyperparameters: Hyperparameters) throws -> [Double] {
    var losses: [Double] = []
    try Trainer(CartPole(), hyperparameters, seed: 3, threads: 1).train { event in
      if case .updated(let report) = event { losses.append(report.valueLoss) }
    }
    return losses
  }

  @Test("if nothing is said, a run is the same whatever the scale of rewards")
  func isIndifferentByDefault() throws {
    #expect(Hyperparameters().valueTarget == .raw)
    func losses(_ scale: Double) throws -> [Double] {
      var hyperparameters = hyperparameters(.raw, rewardScale: scale)
      hyperparameters.normalizesReturns = Hyperparameters().normalizesReturns
      return try self.losses(of: hyperparameters)
    }
    let (one, large) = try (losses(1), losses(0x1p12))
    #expect(zip(one, large).prefix(3).allSatisfy { abs($0 / $1 - 1) < 1e-3 })
  }

  @Test("with PopArt a run is the same whatever the scale of rewards; without, it is not")
  func makesTrainingIndifferent() throws {
    func losses(_ target: ValueTarget, _ scale: Double) throws -> [Double] {
      try self.losses(of: hyperparameters(target, rewardScale: scale))
    }
    let (small, one, large) = try (
      losses(.popart, 0x1p-12), losses(.popart, 1), losses(.popart, 0x1p12)
    )
    #expect(try losses(.popart, 0x1p24) == large)
    // What is added to the deviation of advantages, 1e-8, is seen where they are small, and what it
    // changes grows with every step.
    for index in 0..<3 {
      #expect(abs(one[index] / large[index] - 1) < 1e-3)
      #expect(abs(small[index] / large[index] - 1) < 1e-2)
    }
    let (low, high) = try (losses(.raw, 0x1p-12), losses(.raw, 0x1p12))
    #expect(try #require(high.last) / #require(low.last) > 1e6)
  }

  @Test("with PopArt the value that is clipped to begins as the network's own does")
  func clipsFromTheBeginning() throws {
    var hyperparameters = hyperparameters(.popart, rewardScale: 1)
    hyperparameters.clipsValueLoss = true
    hyperparameters.minibatchSize = hyperparameters.rolloutSize
    hyperparameters.updateEpochs = 1
    var losses: [Double] = []
    try Trainer(CartPole(), hyperparameters, seed: 3, threads: 1).train { event in
      if case .updated(let report) = event { losses.append(report.valueLoss) }
    }
    // Half the variance of targets that have mean 0 and deviation 1.
    #expect(abs(try #require(losses.first) - 0.5) < 1e-4)
  }

  @Test("the value stands for the return whatever the target", arguments: ValueTarget.allCases)
  func valuesAreReturns(target: ValueTarget) throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.normalizesReturns = false
    hyperparameters.totalTimesteps = 60_000
    hyperparameters.environmentCount = 5
    hyperparameters.stepsPerRollout = 60
    hyperparameters.minibatchSize = 140
    hyperparameters.updateEpochs = 3
    hyperparameters.discount = 0.9
    hyperparameters.hiddenSizes = []
    hyperparameters.learningRate = 0.02
    hyperparameters.annealsLearningRate = true
    hyperparameters.valueTarget = target
    let trainer = try Trainer(ConstantReward(), hyperparameters, seed: 1, threads: 1)
    try trainer.train()
    let policy = trainer.policy
    let tape = Tape(isRecording: false)
    tape.reset(parameters: policy.parameters)
    let output = policy.network(tape.constant(Tensor(shape: [1, 1], [1])), on: tape)
    let prediction = Double(output.value.tensor.numbers[0])
    // 1 / (1 − γ)
    #expect(abs((policy.valueScaling?.unscaled(prediction) ?? prediction) - 10) < 0.2)
  }

  @Test("a network that does not name its value's layer is refused where that is needed")
  func refusesOtherNetworks() throws {
    struct Nameless: PolicyNetwork {
      let base: ActorCritic
      var layout: ParameterLayout { base.layout }
      func initialize(_ parameters: Buffer, seed: UInt64) {
        base.initialize(parameters, seed: seed)
      }
      func callAsFunction(_ observations: Variable, on tape: Tape) -> PolicyOutput {
        base(observations, on: tape)
      }
    }
    let hyperparameters = hyperparameters(.popart, rewardScale: 1)
    let network = Nameless(base: try hyperparameters.makeNetwork(for: CartPole()))
    let error = #expect(throws: InvalidHyperparameter.self) {
      try Trainer(CartPole(), hyperparameters, seed: 1, threads: 1, network: network)
    }
    #expect(error?.description.contains("valueTarget is popart") == true)
  }
}
