import TensorCore
import TestSupport
import Testing

@testable import PolicyOptimization

/// Distributions against formulas computed by `Fixtures/Policies/generate.py`.
@Suite("Distributions equal their formulas")
struct ReferencePolicyTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let kind: String
    let counts: [Int]
    let mask: FixtureArray?
    let inputs: [String: FixtureArray]
    let actions: FixtureArray
    let logProbabilities: FixtureArray
    let entropies: FixtureArray
    let logProbabilityWeights: FixtureArray
    let entropyWeights: FixtureArray
    let gradients: [String: FixtureArray]
    let features: FixtureArray?
    let noise: FixtureArray?
    let drawn: FixtureArray?

    var testDescription: String {
      let shapes = inputs.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.shape)" }
      return "\(kind)\(mask == nil ? "" : ", masked"), \(shapes.joined(separator: ", "))"
    }
  }

  struct File: Decodable { let cases: [Case] }

  static let cases = referenceCases(File.self, "Policies/distributions.json", \.cases)
  static let tolerance = Tolerance(relative: 5e-6, absolute: 5e-6)

  @Test("There are reference values")
  func casesExist() { #expect(Self.cases.count == 9) }

  @Test("in log-probability, entropy and the gradients of both", arguments: cases)
  func equalFormulas(_ reference: Case) throws {
    let tape = Tape()
    let inputs = reference.inputs.mapValues {
      tape.variable(Tensor(shape: Shape($0.shape), $0.floats))
    }
    let distribution = try #require(makeDistribution(reference, inputs, on: tape))
    let logProbabilities = distribution.logProbability(of: constant(reference.actions, on: tape))
    let entropies = distribution.entropy()
    expect(logProbabilities.tensor.numbers, reference.logProbabilities, "log-probability")
    expect(entropies.tensor.numbers, reference.entropies, "entropy")

    let weighted =
      logProbabilities * constant(reference.logProbabilityWeights, on: tape)
      + entropies * constant(reference.entropyWeights, on: tape)
    tape.pullback([(weighted, 1)])
    for (name, input) in inputs {
      expect(
        tape.gradient(of: input).numbers, try #require(reference.gradients[name]),
        "gradient of \(name)")
    }
  }

  @Test("The noise of state-dependent exploration is a product of features and a matrix")
  func noiseIsProduct() throws {
    let reference = try #require(Self.cases.last)
    let tape = Tape()
    let inputs = reference.inputs.mapValues { constant($0, on: tape) }
    let distribution = try #require(makeDistribution(reference, inputs, on: tape))
    let noise = try #require(reference.noise).floats
    let drawn = try #require(reference.drawn)
    var actions = [Float](repeating: .nan, count: drawn.data.count)
    distribution.sample(to: &actions, noise: noise) { _ in
      preconditionFailure("Nothing is to be drawn.")
    }
    expect(actions, drawn, "action")
  }

  private func makeDistribution(
    _ reference: Case, _ inputs: [String: Variable], on tape: Tape
  ) -> AnyActionDistribution? {
    let mask = reference.mask.map { constant($0, on: tape) }
    let result: AnyActionDistribution
    if let scores = inputs["scores"] {
      result =
        reference.kind == "categorical"
        ? .categorical(Categorical(scores: scores))
        : .multiCategorical(MultiCategorical(scores: scores, counts: reference.counts))
    } else if let mean = inputs["mean"], let deviation = inputs["log_deviation"] {
      let gaussian = DiagonalGaussian(mean: mean, logStandardDeviation: deviation)
      result = reference.kind == "squashed" ? .squashed(.init(gaussian)) : .gaussian(gaussian)
    } else if let mean = inputs["mean"], let features = reference.features,
      let deviations = inputs["log_deviations"]
    {
      let exploration = StateDependentExploration(
        features: constant(features, on: tape), logDeviations: deviations, on: tape)
      result = .gaussian(
        DiagonalGaussian(
          mean: mean, logStandardDeviation: exploration.logStandardDeviation(),
          exploration: exploration))
    } else {
      return nil
    }
    return mask.map { result.masked(by: $0) } ?? result
  }

  private func constant(_ array: FixtureArray, on tape: Tape) -> Variable {
    tape.constant(Tensor(shape: Shape(array.shape), array.floats))
  }

  private func expect(_ numbers: [Float], _ expected: FixtureArray, _ what: String) {
    let mismatch = Self.tolerance.mismatch(numbers, expected.data)
    #expect(mismatch == nil, "\(what): \(mismatch ?? "")")
  }
}
