import Foundation
import LossBalancing
import NeuralNetworks
import TensorCore
import Testing

// The claims of “Idea: Loss normalization”, a forum's post about style transfer: S0.1 to S0.6.

@Suite("Claims about normalising a loss by its logarithm")
struct LossNormalizationTests {
  @Test("S0.1: terms of 1e-9 and 1e3 are brought to the same magnitude, 1")
  func magnitudesAreEqual() throws {
    var balancer = try LogNormalization(terms: terms(1, 1))
    let values = [1e-9, 1e3]
    let weights = weights(&balancer, values: values)
    for (weight, value) in zip(weights, values) {
      #expect(abs(weight * value - 1) < 1e-14)
      #expect(abs(Float(weight) * Float(value) - 1) < 2e-6)
    }
    // As the post has it, with logarithm and exponential, in single precision on the tape.
    let tape = Tape()
    let x = tape.constant(Tensor(shape: [2], [1e-9, 1e3]))
    let normalized = (x * exp(-log(x))).tensor.numbers
    #expect(normalized.allSatisfy { abs($0 - 1) < 2e-6 })
  }

  @Test("S0.2: the printed 0.9999999999999982 is the error of a power; a quotient has less")
  func digitsAreRounding() throws {
    for value in [1e-9, 1000.0] {
      let printed = value * pow(M_E, -log(value))
      var balancer = try LogNormalization(terms: terms(1))
      let ours = weights(&balancer, values: [value])[0] * value
      #expect(abs(printed - 1) < 1e-14)
      #expect(abs(ours - 1) <= .ulpOfOne)
      #expect(abs(ours - 1) < abs(printed - 1))
    }
  }

  @Test("S0.3: the weighted gradient is that of the loss's logarithm")
  func gradientIsOfLogarithm() throws {
    // L(x) = x² + 1 at 0.7 with priority 2, and the slope of 2 log L by central differences.
    let loss = { (x: Double) in x * x + 1 }
    var balancer = try LogNormalization(terms: terms(2))
    let weighted = weights(&balancer, values: [loss(0.7)])[0] * 2 * 0.7
    let slope = 2 * (log(loss(0.7 + 1e-5)) - log(loss(0.7 - 1e-5))) / 2e-5
    #expect(abs(weighted / slope - 1) < 1e-6)
  }

  @Test("S0.3: the same for a network, held against the tape's own logarithm")
  func networkGradientIsOfLogarithm() throws {
    let network = TwoHeads()
    network.forward()
    var balancer = try LogNormalization(terms: TwoHeads.terms)
    let found = network.pullback(weights(&balancer, for: network.measurement))
    let tape = Tape()
    tape.reset(parameters: network.parameters)
    let expected = Buffer(count: found.count)
    tape.pullback(
      network.terms(on: tape).map { (log(mean($0)), 1) }, addingTo: expected)
    let error = zip(found, expected.array).map { $0 - $1 }
    #expect(norm(error) < 1e-6 * norm(found))
  }

  @Test("S0.3: not detached, the normalised loss is constant and its gradient is zero")
  func undetachedGradientIsZero() {
    func slope(_ normalize: (Variable) -> Variable) -> Float {
      let tape = Tape()
      let x = tape.variable(Tensor(1.5))
      // A power of two, so that no rounding hides what is exactly zero.
      tape.pullback([(normalize(square(x) + 1.75), 1)])
      return tape.gradient(of: x).numbers[0]
    }
    #expect(slope { $0 / $0 } == 0)
    #expect(abs(slope { $0 * exp(-log($0)) }) < 1e-6)
    #expect(slope { $0 / $0.tensor.numbers[0] } == 0.75)
  }

  @Test("S0.4: the post's figures: 5 to 15 % above ×1000, and 7 to 8 % more iterations")
  func figuresOfThePost() {
    let fixed = [
      0.00021629194088745862, 9.297583892475814e-05, 6.070972085581161e-05,
      4.6014258259674534e-05, 3.7611818697769195e-05, 3.220088183297776e-05,
      2.845807102858089e-05, 2.5683024432510138e-05, 2.348573980270885e-05,
      2.1716399714932777e-05,
    ]
    let normalized = [
      0.00024975594715215266, 0.00010198856034548953, 6.494418630609289e-05,
      4.915898898616433e-05, 4.0430750232189894e-05, 3.437769919401035e-05,
      3.0084884201642126e-05, 2.7044028684031218e-05, 2.4746024791966192e-05,
      2.28744866035413e-05,
    ]
    let ratios = zip(normalized, fixed).map { $0 / $1 }
    let expected = [
      1.1547, 1.0969, 1.0697, 1.0683, 1.0749, 1.0676, 1.0572, 1.0530, 1.0537, 1.0533,
    ]
    #expect(zip(ratios, expected).allSatisfy { abs($0 - $1) < 6e-5 })
    #expect(abs(ratios.reduce(0, +) / 10 - 1.0749) < 6e-5)
    #expect(abs(slope(fixed) + 0.981) < 6e-4)
    #expect(abs(slope(normalized) + 1.017) < 6e-4)
    for index in 1..<10 {
      let surplus =
        Double(100 * (index + 1)) / iterations(toReach: normalized[index], in: fixed) - 1
      #expect((0.066...0.0835).contains(surplus), "\(index): \(surplus)")
    }
  }

  /// The slope of log loss over log iteration, by least squares.
  private func slope(_ losses: [Double]) -> Double {
    let x = losses.indices.map { log(Double(100 * ($0 + 1))) }
    let y = losses.map { log($0) }
    let (meanX, meanY) = (x.reduce(0, +) / 10, y.reduce(0, +) / 10)
    let product = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
    return product / x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
  }

  /// When a loss was reached, on straight lines in logarithms.
  private func iterations(toReach loss: Double, in losses: [Double]) -> Double {
    let next = losses.firstIndex { $0 <= loss } ?? losses.count - 1
    let part = log(losses[next - 1] / loss) / log(losses[next - 1] / losses[next])
    return exp(
      log(Double(100 * next)) + part * log(Double(next + 1) / Double(next)))
  }

  @Test("S0.4: under L-BFGS the log weight follows ×1000 if, and only if, the pairs are told")
  func contentLoss() {
    let fixed = SmallContentLoss.run(.fixed(1000))
    let told = SmallContentLoss.run(.logarithm(rescales: true))
    let untold = SmallContentLoss.run(.logarithm(rescales: false))
    let everyEvaluation = SmallContentLoss.run(.logarithmAtEachEvaluation)
    for checkpoint in fixed.indices {
      #expect(abs(told[checkpoint] / fixed[checkpoint] - 1) < 0.02, "\(told) \(fixed)")
    }
    #expect(fixed[0] > 2 * fixed[fixed.count - 1])
    #expect(untold[untold.count - 1] > 2 * fixed[fixed.count - 1])
    #expect(everyEvaluation[untold.count - 1] > 2 * fixed[fixed.count - 1])
  }

  @Test("S0.5: no fiddling: factors from 2⁻³⁰ to 2³⁰ change no bit of a descent")
  func scaleDoesNotMatter() throws {
    let reference = try descend(factor: 1)
    for exponent in stride(from: -30, through: 30, by: 5) {
      #expect(
        try descend(factor: Float(sign: .plus, exponent: exponent, significand: 1)) == reference)
    }
    #expect(reference != TwoHeads().parameters.array)
  }

  /// Twenty steps of gradient descent on log-normalised terms, the second of which is scaled.
  private func descend(factor: Float) throws -> [Float] {
    let network = TwoHeads()
    network.factors[1] = factor
    var balancer = try LogNormalization(terms: TwoHeads.terms)
    let optimizer = StochasticGradientDescent(count: network.parameters.count)
    for _ in 0..<20 {
      network.forward()
      network.loss.pullback(weights(&balancer, for: network.measurement), into: network.gradient)
      optimizer.step(
        network.parameters, gradient: network.gradient, gradientScale: 1, learningRate: 0.1)
    }
    return network.parameters.array
  }

  @Test("S0.6: the naive form breaks at 0, at a negative and at an infinite loss; ours does not")
  func unusualLosses() throws {
    func naive(_ value: Double) -> Double { value * exp(-log(value)) }
    for value in [0, -1, Double.infinity, .nan] { #expect(naive(value).isNaN) }
    #expect(1 / Double.leastNonzeroMagnitude == .infinity)

    var balancer = try LogNormalization(terms: terms(1), statistic: .value)
    let found = [2, 0, -1, 4].map { weights(&balancer, values: [$0])[0] }
    // The floor is 1e-8 of the largest loss.
    #expect(found == [0.5, 5e7, 5e7, 0.25])
    // What is not finite changes nothing: here, the weights that were handed in.
    #expect(weights(&balancer, values: [.infinity]) == [0])
    #expect(weights(&balancer, values: [.nan]) == [0])
    var fresh = try LogNormalization(terms: terms(3))
    #expect(weights(&fresh, values: [0]) == [3])
    #expect(weights(&fresh, values: [.leastNonzeroMagnitude]) == [3])
  }

  @Test("S0.6: a term of either sign is refused by its value, in words that name it")
  func signedTermsAreRefused() throws {
    let error = #expect(throws: BalancerError.self) {
      try LogNormalization(terms: policyTerms, statistic: .value)
    }
    let sentence = "\(try #require(error))"
    #expect(sentence.contains("policy") && sentence.contains("use the statistic magnitude"))
    var balancer = try LogNormalization(terms: policyTerms)
    let weights = weights(&balancer, values: [-1e-9, 40, -0.6], magnitudes: [0.8, 40, 0.6])
    #expect(weights.allSatisfy { $0.isFinite && $0 > 0 && $0 < 2 })
  }
}
