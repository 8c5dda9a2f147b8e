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

  /// Divergences between those of a case's minibatches, and how many minibatches an update takes
  /// that stops above them.
  private static func limits(of reference: Case) -> [(limit: Double, minibatches: Int)] {
    // A subject goes over its rows three times.
    let divergences = reference.steps.prefix(3).map(\.approximateKl)
    var limits = [(divergences[0] * 0.99, 1), ((divergences.max() ?? 0) * 1.01, 3)]
    for index in 1..<divergences.count {
      let before = divergences[..<index].max() ?? 0
      // Only where single precision can tell the minibatches apart.
      if divergences[index] > before * 1.001 {
        limits.append(((before + divergences[index]) / 2, index + 1))
      }
    }
    return limits
  }

  @Test("stop before the step where the policies are 1.5 targets apart")
  func stopsAtTargetDivergence() throws {
    var stops: Set<Int> = []
    for reference in Self.cases {
      for (limit, minibatches) in Self.limits(of: reference) {
        let subject = try Subject(reference, balancer: "fixed", targetDivergence: limit / 1.5)
        let before = subject.update.parameters.array
        _ = try subject.update.update(
          on: subject.rollout, subject.minibatch, iteration: 0,
          learningRate: reference.optimizer.learningRate, clipRange: reference.clip)
        #expect(
          subject.update.measurement.step == minibatches, "\(reference), limit \(limit)")
        #expect((subject.update.parameters.array == before) == (minibatches == 1))
        stops.insert(minibatches)
      }
    }
    #expect(stops.contains(2), "No case of the file stops after its second minibatch.")
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
