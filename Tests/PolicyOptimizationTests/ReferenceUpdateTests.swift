import LossBalancing
import TensorCore
import TestSupport
import Testing

@testable import PolicyOptimization

@Suite("Whole updates")
struct ReferenceUpdateTests {
  struct Step: Decodable, Sendable {
    let policy_loss: Double
    let value_loss: Double
    let entropy: Double
    let approximate_kl: Double
    let clip_fraction: Double
    let gradient_norm: Double
    let gradient_norm_per_term: [String: Double]
    /// Given for the first step alone.
    let gradients_before_clipping: [String: FixtureArray]?
  }

  struct Optimizer: Decodable, Sendable {
    let learning_rate: Double
    let epsilon: Double
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let action_space: String
    let shared_trunk: Bool
    let value_clip: Double?
    let normalize_advantages: Bool
    let clip: Double
    let value_coefficient: Double
    let entropy_coefficient: Double
    let maximum_gradient_norm: Double
    let optimizer: Optimizer
    let initial_parameters: [String: FixtureArray]
    let final_parameters: [String: FixtureArray]
    let observations: FixtureArray
    let actions: FixtureArray
    let old_log_probabilities: FixtureArray
    let old_values: FixtureArray
    let advantages: FixtureArray
    let returns: FixtureArray
    let steps: [Step]

    var testDescription: String {
      "\(action_space), \(shared_trunk ? "shared" : "separate"), value clip "
        + "\(value_clip.map { "\($0)" } ?? "off"), advantages "
        + (normalize_advantages ? "normalised" : "as they are")
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
    #expect(reference.steps.first?.gradients_before_clipping != nil)
    for (index, step) in reference.steps.enumerated() {
      let measured = try subject.computeGradient()
      let values = subject.update.loss.values
      expect(values[0], step.policy_loss, "policy loss of step \(index)")
      expect(values[1], step.value_loss, "value loss of step \(index)")
      expect(-values[2], step.entropy, "entropy of step \(index)")
      expect(measured.divergence, step.approximate_kl, "divergence of step \(index)")
      expect(measured.clipFraction, step.clip_fraction, "clip fraction of step \(index)")
      expect(measured.gradientNorm, step.gradient_norm, "gradient norm of step \(index)")
      if let gradients = step.gradients_before_clipping {
        expect(subject.update.gradient, gradients, subject, "gradient of step \(index)")
      }
      subject.step(measured)
    }
    expect(
      subject.update.parameters, reference.final_parameters, subject, "parameters at the end")
  }

  @Test("The norms of the terms' gradients equal PyTorch's", arguments: cases)
  func equalReferenceNorms(_ reference: Case) throws {
    let subject = try Subject(reference, balancer: "fixed")
    for step in reference.steps {
      let measured = try subject.computeGradient()
      for (term, norm) in zip(subject.update.balancer.terms, try subject.termGradientNorms()) {
        expect(norm, try #require(step.gradient_norm_per_term[term.name]), term.name)
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
      #expect(subject.update.minibatchCount == minibatches)
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
