import NeuralNetworks
import TensorCore
import TestSupport
import Testing

@Suite("Optimisers")
struct OptimizerTests {
  /// A kind of optimiser with some decay.
  struct Kind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable (_ count: Int, _ decay: WeightDecay) -> any Optimizer
  }

  static let kinds = [
    Kind(testDescription: "gradient descent") {
      StochasticGradientDescent(count: $0, momentum: 0.9, isNesterov: true, weightDecay: $1)
    },
    Kind(testDescription: "Adam") { Adam(count: $0, weightDecay: $1) },
    Kind(testDescription: "Adam with Nesterov's momentum") {
      NesterovAdam(count: $0, weightDecay: $1)
    },
    Kind(testDescription: "root mean square propagation") {
      RootMeanSquarePropagation(count: $0, weightDecay: $1)
    },
  ]

  /// Takes steps with repeatable gradients; returns the parameters after them.
  func run(
    _ optimizer: inout any Optimizer, from parameters: [Float], steps: Range<Int>,
    scale: Float = 1, factor: Float = 1, pool: WorkerPool? = nil
  ) -> [Float] {
    let parameters = Buffer(parameters)
    for step in steps {
      var generator = SplitMix(seed: UInt64(step))
      let gradient = Buffer(generator.floats(parameters.count).map { $0 * factor })
      optimizer.step(
        parameters, gradient: gradient, gradientScale: scale, learningRate: 0.01, pool: pool)
    }
    return parameters.array
  }

  static let start: [Float] = (0..<37).map { Float($0 % 7) * 0.5 - 1 }

  @Test("A decoupled decay shrinks the parameters beside the step", arguments: kinds)
  func decoupledDecayShrinks(_ kind: Kind) {
    var plain = kind.make(37, .none)
    var decaying = kind.make(37, .decoupled(2))
    let stepped = run(&plain, from: Self.start, steps: 0..<1)
    let shrunk = run(&decaying, from: Self.start, steps: 0..<1)
    // After one step the decay has not touched the moments: only −η λ θ = −0.01 · 2 θ is added.
    let expected = zip(stepped, Self.start).map { Double($0) - 0.02 * Double($1) }
    #expect(Tolerance(relative: 1e-6, absolute: 2e-7).mismatch(shrunk, expected) == nil)
  }

  @Test("A penalty is a part of the gradient", arguments: kinds)
  func penaltyIsGradient(_ kind: Kind) {
    let penalized = kind.make(37, .penalty(0.25))
    let plain = kind.make(37, .none)
    var generator = SplitMix(seed: 1)
    let gradient = generator.floats(37)
    let parameters = (Buffer(Self.start), Buffer(Self.start))
    let sum = Buffer(zip(gradient, Self.start).map { $0 + 0.25 * $1 })
    penalized.step(
      parameters.0, gradient: Buffer(gradient), gradientScale: 1, learningRate: 0.01)
    plain.step(parameters.1, gradient: sum, gradientScale: 1, learningRate: 0.01)
    let mismatch = Tolerance(relative: 1e-6, absolute: 1e-7)
      .mismatch(parameters.0.array, parameters.1.array.map(Double.init))
    #expect(mismatch == nil, "\(mismatch ?? "")")
  }

  /// The momentum rises to β₁; by then its schedule is far below the least number.
  @Test("Nesterov's momentum stays right after millions of steps")
  func momentumAfterMillionsOfSteps() {
    let expected = 1 - 0.5 * 0.19 / Double(0.001).squareRoot()
    for steps in [1e6, 4.4e6, 5e6, 1e9] {
      let optimizer = NesterovAdam(count: 1)
      optimizer.counters = ["steps": steps - 1, "secondPower": 0, "momentumProduct": 0]
      let parameters = Buffer([1])
      optimizer.step(parameters, gradient: Buffer([1]), gradientScale: 1, learningRate: 0.5)
      // m = 0.1 and v = 0.001 with μ = 0.9: (0.9 · 0.1 + 0.1) / √0.001.
      #expect(abs(Double(parameters[0]) - expected) < 1e-4, "\(steps)")
    }
  }

  @Test("The two decays differ where the step adapts to the gradient")
  func decaysDiffer() {
    var penalized: any Optimizer = Adam(count: 37, weightDecay: .penalty(2))
    var decoupled: any Optimizer = Adam(count: 37, weightDecay: .decoupled(2))
    let first = run(&penalized, from: Self.start, steps: 0..<3)
    let second = run(&decoupled, from: Self.start, steps: 0..<3)
    #expect(zip(first, second).contains { abs($0 - $1) > 0.01 })
  }

  @Test("A scale is the same as a scaled gradient, to the bit", arguments: kinds)
  func scaleScales(_ kind: Kind) {
    var first = kind.make(37, .none)
    var second = kind.make(37, .none)
    #expect(
      run(&first, from: Self.start, steps: 0..<5, scale: 0.3)
        == run(&second, from: Self.start, steps: 0..<5, factor: 0.3))
  }

  @Test("Memory and counters carry an optimiser on, to the bit", arguments: kinds)
  func resumesExactly(_ kind: Kind) {
    var whole = kind.make(37, .none)
    var interrupted = kind.make(37, .none)
    let expected = run(&whole, from: Self.start, steps: 0..<9)
    let halfway = run(&interrupted, from: Self.start, steps: 0..<4)
    var resumed = kind.make(37, .none)
    for (old, new) in zip(interrupted.memory, resumed.memory) {
      #expect(old.name == new.name)
      new.buffer.assign(old.buffer.array)
    }
    resumed.counters = interrupted.counters
    #expect(run(&resumed, from: halfway, steps: 4..<9) == expected)
  }

  @Test("Threads that share a step do not change a bit of it", arguments: kinds)
  func sharesSteps(_ kind: Kind) {
    let start = (0..<5000).map { Float($0 % 11) * 0.25 - 1 }
    var (alone, shared) = (kind.make(5000, .none), kind.make(5000, .none))
    let expected = run(&alone, from: start, steps: 0..<3).map(\.bitPattern)
    let found = run(&shared, from: start, steps: 0..<3, pool: WorkerPool(count: 3))
    #expect(found.map(\.bitPattern) == expected)
  }
}
