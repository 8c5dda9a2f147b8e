import LossBalancing
import TensorCore
import TestSupport
import Testing

@testable import PolicyOptimization

@Suite("Whole updates")
struct ReferenceUpdateTests {
  struct Step: Decodable, Sendable {
    let policyLoss: Double
    let valueLoss: Double
    let entropy: Double
    let approximateKl: Double
    let clipFraction: Double
    let gradientNorm: Double
    let gradientNormPerTerm: [String: Double]
    /// Given for the first step alone.
    let gradientsBeforeClipping: [String: FixtureArray]?
  }

  struct Optimizer: Decodable, Sendable {
    let learningRate: Double
    let epsilon: Double
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let actionSpace: String
    let sharedTrunk: Bool
    let valueClip: Double?
    let normalizeAdvantages: Bool
    let clip: Double
    let valueCoefficient: Double
    let entropyCoefficient: Double
    let maximumGradientNorm: Double
    let optimizer: Optimizer
    let initialParameters: [String: FixtureArray]
    let finalParameters: [String: FixtureArray]
    let observations: FixtureArray
    let actions: FixtureArray
    let oldLogProbabilities: FixtureArray
    let oldValues: FixtureArray
    let advantages: FixtureArray
    let returns: FixtureArray
    let steps: [Step]

    var testDescription: String {
      "\(actionSpace), \(sharedTrunk ? "shared" : "separate"), value clip "
        + "\(valueClip.map { "\($0)" } ?? "off"), advantages "
        + (normalizeAdvantages ? "normalised" : "as they are")
    }
  }

  struct File: Decodable { let cases: [Case] }

  static let cases = referenceCases(File.self, "Torch/ppo_update.json", \.cases)
  static let tolerance = Tolerance(relative: 1e-5, absolute: 1e-5)

  @Test("There are reference values")
  func casesExist() { #expect(Self.cases.count == 12) }

  @Test("equal PyTorch's: losses, gradients, norms, divergence, parameters", arguments: cases)
  func equalReference(_ reference: Case) throws {
    let subject = try Subject(reference, balancer: "fixed")
    #expect(reference.steps.first?.gradientsBeforeClipping != nil)
    for (index, step) in reference.steps.enumerated() {
      let measured = try subject.computeGradient()
      let values = subject.update.loss.values
      expect(values[0], step.policyLoss, "policy loss of step \(index)")
      expect(values[1], step.valueLoss, "value loss of step \(index)")
      expect(-values[2], step.entropy, "entropy of step \(index)")
      expect(measured.divergence, step.approximateKl, "divergence of step \(index)")
      expect(measured.clipFraction, step.clipFraction, "clip fraction of step \(index)")
      expect(measured.gradientNorm, step.gradientNorm, "gradient norm of step \(index)")
      if let gradients = step.gradientsBeforeClipping {
        expect(subject.update.gradient, gradients, subject, "gradient of step \(index)")
      }
      subject.step(measured)
    }
    expect(
      subject.update.parameters, reference.finalParameters, subject, "parameters at the end")
  }

  @Test("The norms of the terms' gradients equal PyTorch's", arguments: cases)
  func equalReferenceNorms(_ reference: Case) throws {
    let subject = try Subject(reference, balancer: "fixed")
    for step in reference.steps {
      let measured = try subject.computeGradient()
      for (term, norm) in zip(subject.update.balancer.terms, try subject.termGradientNorms()) {
        expect(norm, try #require(step.gradientNormPerTerm[term.name]), term.name)
      }
      _ = try subject.computeGradient()
      subject.step(measured)
    }
  }

  @Test("stop before the step where the policies are 1.5 targets apart")
  func stopsAtTargetDivergence() throws {
    // The divergence is 0.0255 at the first minibatch already.
    let reference = try #require(Self.cases.first)
    for (target, minibatches) in [(0.016, 1), (0.018, 3)] {
      let subject = try Subject(reference, balancer: "fixed", targetDivergence: target)
      let before = subject.update.parameters.array
      _ = try subject.update.update(
        on: subject.rollout, subject.minibatch, iteration: 0, learningRate: 1e-5, clipRange: 0.2)
      #expect(subject.update.measurement.step == minibatches)
      #expect((subject.update.parameters.array == before) == (minibatches == 1))
    }
  }

  private func expect(_ number: Double, _ expected: Double, _ what: String) {
    let mismatch = Self.tolerance.mismatch(number, expected)
    #expect(mismatch == nil, "\(what): \(mismatch ?? "")")
  }

  private func expect(
    _ vector: Buffer, _ expected: [String: FixtureArray], _ subject: Subject, _ what: String
  ) {
    #expect(Set(subject.update.network.layout.slices.map(\.name)) == Set(expected.keys))
    for slice in subject.update.network.layout.slices {
      let mismatch = Self.tolerance.mismatch(
        Array(vector.array[slice.range]), expected[slice.name]?.data ?? [])
      #expect(mismatch == nil, "\(slice.name), \(what): \(mismatch ?? "")")
    }
  }
}
