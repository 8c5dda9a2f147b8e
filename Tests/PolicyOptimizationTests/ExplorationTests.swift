import ControlEnvironments
import EnvironmentKit
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("State-dependent exploration, squashing and deviations")
struct ExplorationTests {
  private let box = BoxSpace(lowest: [-1, 0], highest: [3, 10])

  private func network(_ adjust: (inout GaussianOptions) -> Void) throws -> ActorCritic {
    var options = GaussianOptions()
    adjust(&options)
    return try ActorCritic(
      observationCount: 3, actionSpace: .box(box), hiddenSizes: [6], gaussian: options)
  }

  private func noise(_ network: ActorCritic, environments: Int) throws -> ExplorationNoise {
    try #require(
      ExplorationNoise(for: network, environments: environments, purpose: .exploration))
  }

  private func numbers(_ noise: ExplorationNoise, of environment: Int) -> [Float] {
    Array(UnsafeBufferPointer(start: noise.numbers(from: environment), count: 12))
  }

  @Test("Noise is kept for as many steps as it is told to", arguments: [4, nil])
  func noiseIsKept(interval: Int?) throws {
    let network = try network {
      $0.deviation = .gsde
      $0.stepsBetweenDraws = interval
    }
    let noise = try noise(network, environments: 2)
    var changes: [Int] = []
    var before: [Float] = []
    for draw in 0..<24 {
      // Rollouts of 10 steps, each of which begins with new noise.
      noise.update(0..<2, seed: 3, step: draw % 10, draw: draw)
      let now = numbers(noise, of: 1)
      if now != before { changes.append(draw) }
      before = now
    }
    #expect(changes == (interval == nil ? [0, 10, 20] : [0, 4, 8, 10, 14, 18, 20]))
  }

  @Test("Noise depends on the environment, and not on who draws it")
  func noiseIsAddressed() throws {
    let network = try network { $0.deviation = .gsde }
    let (together, apart) = try (noise(network, environments: 5), noise(network, environments: 5))
    together.update(0..<5, seed: 3, step: 0, draw: 40)
    for environment in [3, 0, 4, 1, 2] {
      apart.update(environment..<environment + 1, seed: 3, step: 0, draw: 40)
    }
    for environment in 0..<5 {
      #expect(numbers(together, of: environment) == numbers(apart, of: environment))
    }
    #expect(numbers(together, of: 0) != numbers(together, of: 1))
    let none = ExplorationNoise(
      for: try self.network { _ in }, environments: 5, purpose: .exploration)
    #expect(none == nil)
  }

  @Test("Noise that is kept has the deviation of the density")
  func noiseHasItsDeviation() throws {
    let network = try network {
      $0.deviation = .gsde
      $0.initialLogDeviation = -0.5
    }
    let parameters = Buffer(count: network.layout.count)
    network.initialize(parameters, seed: 1)
    let rows = 20_000
    let noise = try noise(network, environments: rows)
    noise.update(0..<rows, seed: 3, step: 0, draw: 0)
    let tape = Tape(isRecording: false)
    tape.reset(parameters: parameters)
    let observations = Array((0..<rows).map { _ in [0.4, -1, 2] as [Float] }.joined())
    let output = network(tape.constant(Tensor(shape: [rows, 3], observations)), on: tape)
    guard case .gaussian(let gaussian) = output.policy else {
      Issue.record("There is no Gaussian.")
      return
    }
    var actions = [Float](repeating: .nan, count: rows * 2)
    output.policy.sample(to: &actions, noise: noise.numbers(from: 0)) { _ in
      preconditionFailure("Nothing is to be drawn.")
    }
    for component in 0..<2 {
      let distances = stride(from: component, to: rows * 2, by: 2).map {
        Double(actions[$0] - gaussian.mean.memory[$0])
      }
      let variance = distances.reduce(0) { $0 + $1 * $1 } / Double(rows)
      let deviation = exp(gaussian.logStandardDeviation).memory[component]
      // Four standard errors.
      #expect(
        abs(variance / Double(deviation * deviation) - 1) < 4 * (2 / Double(rows)).squareRoot())
    }
  }

  @Test("The deviation of the noise teaches the features nothing")
  func featuresAreConstant() throws {
    let network = try network { $0.deviation = .gsde }
    let parameters = Buffer(count: network.layout.count)
    network.initialize(parameters, seed: 1)
    let tape = Tape()
    tape.reset(parameters: parameters)
    let output = network(tape.constant(Tensor(shape: [1, 3], [1, 2, 3])), on: tape)
    let gradient = Buffer(count: network.layout.count)
    tape.pullback([(output.policy.entropy(), 1)], addingTo: gradient)
    for slice in network.layout.slices {
      let isReached = gradient.array[slice.range].contains { $0 != 0 }
      #expect(isReached == (slice.name == "log_std"), "\(slice.name)")
    }
  }

  @Test("Actions are squashed to their bounds, and clipped where they are not squashed")
  func boundsActions() {
    let tape = Tape()
    let gaussian = DiagonalGaussian(
      mean: tape.constant(Tensor(shape: [1, 2], repeating: 0)),
      logStandardDeviation: tape.constant(Tensor(shape: [2], repeating: 0)))
    let actions: [Float] = [0, 0, 40, -40, 0.5, 20]
    var bounded = [Float](repeating: .nan, count: 6)
    SquashedGaussian(gaussian).writeBounded(actions, rows: 3, in: .box(box), to: &bounded)
    // The fifth is −1 + 4 (tanh ½ + 1) / 2.
    for (number, expected) in zip(bounded, [1, 5, 3, 0, 1.924_234, 10] as [Float]) {
      #expect(abs(number - expected) < 2e-6)
    }
    #expect(bounded[2] <= 3 && bounded[3] >= 0 && bounded[5] <= 10)
    gaussian.writeBounded(actions, rows: 3, in: .box(box), to: &bounded)
    #expect(bounded == [0, 0, 3, 0, 0.5, 10])
  }

  @Test("Deviations that the network gives depend on the state and stay within their range")
  func deviationsAreClamped() throws {
    let network = try network {
      $0.deviation = .network
      $0.initialLogDeviation = -1
    }
    let parameters = Buffer(count: network.layout.count)
    network.initialize(parameters, seed: 1)
    let bias = try #require(network.layout["log_std.bias"])
    #expect(parameters.array[bias.range] == [-1, -1])
    let tape = Tape()
    func deviations() throws -> [Float] {
      tape.reset(parameters: parameters)
      let output = network(
        tape.constant(Tensor(shape: [2, 3], [1, 2, 3, -3, 0, 1])), on: tape)
      guard case .gaussian(let gaussian) = output.policy else { return [] }
      return gaussian.logStandardDeviation.tensor.numbers
    }
    let start = try deviations()
    #expect(start.allSatisfy { abs($0 + 1) < 0.1 })
    #expect(start[0] != start[2])
    for (index, value) in zip(bias.range, [100, -100] as [Float]) { parameters[index] = value }
    #expect(try deviations() == [2, -5, 2, -5])
  }
}
