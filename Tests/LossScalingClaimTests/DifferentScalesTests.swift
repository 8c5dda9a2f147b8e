import LossBalancing
import NeuralNetworks
import RandomStreams
import TensorCore
import Testing

// The claims of “Normalization of losses with different scales”, a question about classes and boxes
// and its answer, which divides by running maxima: S1.1 to S1.11.

@Suite("Claims about dividing losses by their maxima")
struct DifferentScalesTests {
  static let stream: [[Double]] = [[4, 100], [2, 50], [8, 25]]

  @Test("S1.1: of a cross-entropy of 1e2 and a squared error of 1e5, only the boxes are trained")
  func onlyBoxesAreTrained() throws {
    let network = TwoHeads()
    network.forward()
    #expect((30...300).contains(network.loss.values[0]))
    #expect((5e4...1e5).contains(network.loss.values[1]))

    func accuracy(_ balancer: some LossBalancer) -> Double {
      var balancer = balancer
      let network = TwoHeads()
      let optimizer = Adam(count: network.parameters.count)
      return network.accuracy(training: &balancer, with: optimizer, rate: 0.03, steps: 600)
    }
    let alone = accuracy(
      FixedCoefficients(terms: [
        TwoHeads.terms[0], LossTerm(name: "box", kind: .nonNegative, priority: 0),
      ]))
    let sum = accuracy(FixedCoefficients(terms: TwoHeads.terms))
    let maximum = try accuracy(RunningMaximum(terms: TwoHeads.terms))
    let logarithm = try accuracy(LogNormalization(terms: TwoHeads.terms))
    #expect(sum < alone - 0.15, "alone \(alone), sum \(sum)")
    #expect(maximum > sum + 0.1 && logarithm > sum + 0.1, "\(maximum), \(logarithm)")
  }

  @Test("S1.2: dividing by 1e4 is not ignored in the backward pass: it divides the gradient")
  func constantDividesGradient() {
    func gradient(_ loss: (Variable) -> Variable) -> [Float] {
      let tape = Tape()
      let x = tape.variable(Tensor(shape: [3], [1, -2, 0.5]))
      tape.pullback([(loss(sum(square(x))), 1)])
      return tape.gradient(of: x).numbers
    }
    #expect(gradient { $0 } == [2, -4, 1])
    #expect(gradient { $0 / 0x1p13 } == [0x1p-12, -0x1p-11, 0x1p-13])
    let divided = gradient { $0 / 1e4 }
    #expect(zip(divided, [2e-4, -4e-4, 1e-4]).allSatisfy { abs($0 - $1) < 1e-10 })
  }

  @Test("S1.2: a term that was computed without recording has no gradient at all")
  func unrecordedTermIsConstant() {
    let network = TwoHeads()
    network.forward()
    let both = network.pullback([1, 0])
    network.loss.forward(rows: TwoHeads.rows, at: network.parameters) { tape, rows in
      let silent = Tape(isRecording: false)
      silent.reset(parameters: network.parameters)
      let box = network.terms(on: silent, rows)[1].tensor
      tape.addTerm(network.terms(on: tape, rows)[0])
      tape.addTerm(tape.constant(box))
    }
    #expect(network.loss.values[1] > 1e4)
    #expect(network.pullback([0, 1]).allSatisfy { $0 == 0 })
    #expect(network.pullback([1, 1]) == both)
  }

  @Test("S1.3: weights are priorities over running maxima, updated before dividing")
  func weightsAreOverMaxima() throws {
    for (priorities, expected, totals) in [
      ([1.0, 1.0], [[0.25, 0.01], [0.25, 0.01], [0.125, 0.01]], [2, 1, 1.25]),
      ([1.0, 3.0], [[0.25, 0.03], [0.25, 0.03], [0.125, 0.03]], [4, 2, 1.75]),
    ] {
      var balancer = try RunningMaximum(
        terms: terms(priorities[0], priorities[1]), statistic: .value)
      for (values, (row, total)) in zip(Self.stream, zip(expected, totals)) {
        let weights = weights(&balancer, values: values)
        #expect(zip(weights, row).allSatisfy { abs($0 - $1) < 1e-15 })
        #expect(abs(zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } - total) < 1e-14)
      }
    }
  }

  @Test("S1.4: a term is between 0 and 1, if it is never negative and the maximum is updated first")
  func termsAreWithinOne() throws {
    var generator = RandomStream(seed: 4, purpose: .other, index: 0)
    let values = (0..<500).map { _ in generator.uniform(in: 0..<10) }
    var balancer = try RunningMaximum(terms: terms(1), statistic: .value)
    var maximum = values[0]
    var exceeded = 0
    for (step, value) in values.enumerated() {
      let counted = weights(&balancer, values: [value])[0] * value
      #expect((0...1).contains(counted))
      if step == 0 { #expect(counted == 1) }
      // Divided by the maximum of the minibatches before, each new maximum is above 1.
      if value > maximum {
        #expect(value / maximum > 1)
        #expect(counted == 1)
        exceeded += 1
      }
      maximum = max(maximum, value)
    }
    #expect(exceeded >= 3)
  }

  @Test("S1.5: the maximum is detached, or a term has no gradient where it is its own maximum")
  func maximumIsDetached() throws {
    let tape = Tape()
    let x = tape.variable(Tensor(shape: [2], [1.5, -0.5]))
    let loss = sum(square(x))
    tape.pullback([(loss / maximum(loss, tape.constant(Tensor(0))), 1)])
    #expect(tape.gradient(of: x).numbers.allSatisfy { abs($0) < 1e-7 })

    var balancer = try RunningMaximum(terms: terms(1), statistic: .value)
    let weight = weights(&balancer, values: [2.5])[0]
    tape.pullback([(loss, Float(weight))])
    #expect(tape.gradient(of: x).numbers == [3 * 0.4, -1 * 0.4])
  }

  @Test("S1.6: after the first passes the weights are static; a drop for good is never noticed")
  func maximumIsStatic() throws {
    var literal = try RunningMaximum(terms: terms(1))
    var decaying = try RunningMaximum(terms: terms(1), decay: 0.5)
    _ = (weights(&literal, values: [1e6]), weights(&decaying, values: [1e6]))
    for _ in 0..<30 {
      #expect(weights(&literal, values: [1]) == [1e-6])
      _ = weights(&decaying, values: [1])
    }
    #expect(weights(&decaying, values: [1]) == [1])
    var stream = try RunningMaximum(terms: terms(1, 1), decay: 0.5)
    let found = Self.stream.map { weights(&stream, values: $0) }
    #expect(found == [[0.25, 0.01], [0.5, 0.02], [0.125, 0.04]])
  }

  @Test("S1.7: the first value is left open; a loss of zero or of nan at first makes no nan")
  func firstLossIsNoTrap() throws {
    var balancer = try RunningMaximum(terms: terms(1, 1))
    #expect(weights(&balancer, values: [0, 4]) == [1, 0.25])
    #expect(weights(&balancer, values: [2, 4]) == [0.5, 0.25])
    balancer = try RunningMaximum(terms: terms(1, 1))
    #expect(weights(&balancer, values: [.nan, 4]) == [0, 0])
    #expect(weights(&balancer, values: [2, 4]) == [0.5, 0.25])
  }

  @Test("S1.8: the mean is the sum at a smaller learning rate for SGD, and the same for Adam")
  func meanIsSmallerRate() throws {
    func end(
      _ combination: TermCombination, _ optimizer: (Int) -> any Optimizer, rate: Double
    ) throws -> [Float] {
      let network = TwoHeads()
      var balancer = try RunningMaximum(terms: TwoHeads.terms, combination: combination)
      let made = optimizer(network.parameters.count)
      _ = network.accuracy(training: &balancer, with: made, rate: rate, steps: 20)
      return network.parameters.array
    }
    let descent = { (count: Int) in StochasticGradientDescent(count: count) }
    #expect(try end(.mean, descent, rate: 0.5) == end(.sum, descent, rate: 0.25))
    let exact = { (count: Int) in Adam(count: count, epsilon: 0x1p-100) }
    #expect(try end(.mean, exact, rate: 0.01) == end(.sum, exact, rate: 0.01))
    let customary = { (count: Int) in Adam(count: count, epsilon: 1e-5) }
    let difference = try distance(
      end(.mean, customary, rate: 0.01), end(.sum, customary, rate: 0.01))
    #expect(difference > 1e-6 && difference < 0.1, "\(difference)")
  }

  @Test("S1.9: γ is a priority: at first, weighted terms are to each other as their priorities")
  func priorityIsInNormalizedUnits() throws {
    var balancer = try RunningMaximum(terms: terms(2, 3))
    let weights = weights(&balancer, values: [1e-9, 1e3])
    #expect(abs(weights[0] * 1e-9 / (weights[1] * 1e3) - 2.0 / 3) < 1e-15)
  }

  @Test("S1.10: nobody has published it for PPO, and our list says so by naming a forum")
  func sourceIsForum() {
    #expect(RunningMaximum.description.source.contains("forum"))
    #expect(!RunningMaximum.description.source.contains("arxiv"))
  }

  @Test("S1.11: on the policy's term the literal formula gives weights of 1e8")
  func literalFormulaBreaksOnPolicy() throws {
    // At a ratio of 1 the surrogate is the mean of normalised advantages: rounding, in floats.
    let means = (0..<200).map { abs(surrogates(seed: $0, of: 64, minibatch: 64).mean) }
    #expect((1e7...1e9).contains(1 / means.median), "\(1 / means.median)")
    #expect(throws: BalancerError.self) {
      try RunningMaximum(terms: policyTerms, statistic: .value)
    }
    var balancer = try RunningMaximum(terms: policyTerms)
    let weights = weights(
      &balancer, values: [means.median, 0.75, -0.6], magnitudes: [1.5, 0.75, 0.6])
    #expect(zip(weights, [2.0 / 3, 2.0 / 3, 1.0 / 60]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("S1.11: normalised over a rollout, |mean| is still ten times too small, and random")
  func meanOfMinibatchIsNoScale() {
    let draws = (0..<200).map { surrogates(seed: $0, of: 2048, minibatch: 64) }
    let means = draws.map { abs($0.mean) }
    // √(2/π) of a deviation of √((1 − 64/2048) / 64), and √(2/π) itself.
    let expected = 0.7979 * ((1 - 64.0 / 2048) / 64).squareRoot()
    #expect(abs(means.reduce(0, +) / 200 / expected - 1) < 0.15)
    let magnitudes = draws.map(\.magnitude)
    #expect(abs(magnitudes.reduce(0, +) / 200 - 0.7979) < 0.02)
    #expect(means.min() ?? 1 < means.median / 20)
    #expect(magnitudes.min() ?? 0 > 0.5)
  }

  @Test("S1.11: a bonus is never above a maximum that begins at 0, and would be divided by it")
  func bonusHasNoMaximum() throws {
    var literal = 0.0
    for entropy in [0.69, 0.6, 0.5] { literal = max(literal, -entropy) }
    #expect(literal == 0 && 1 / literal == .infinity)
    var balancer = try RunningMaximum(terms: policyTerms)
    let weights = weights(&balancer, values: [0, 1, -0.69], magnitudes: [0.8, 1, 0.69])
    #expect(abs(weights[2] - 0.01 / 0.69) < 1e-15)
  }

  /// The mean and the mean magnitude of a minibatch of `−A`, where `A` is normalised over `count`.
  private func surrogates(
    seed: Int, of count: Int, minibatch: Int
  ) -> (mean: Double, magnitude: Double) {
    var generator = RandomStream(seed: UInt64(seed), purpose: .other, index: 1)
    let advantages = (0..<count).map { _ in Float(generator.normal()) }
    let mean = advantages.reduce(0, +) / Float(count)
    let variance = advantages.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(count - 1)
    let chosen = advantages.prefix(minibatch).map { -($0 - mean) / (variance.squareRoot() + 1e-8) }
    let sum = chosen.reduce(Float(0), +)
    let magnitude = chosen.reduce(Float(0)) { $0 + abs($1) }
    return (Double(sum / Float(minibatch)), Double(magnitude / Float(minibatch)))
  }
}
