import EnvironmentKit
import PolicyOptimization
import TestSupport
import Testing

@Suite("Generalised advantage estimation")
struct AdvantageTests {
  struct Case: Decodable, Sendable {
    let gamma: Float
    let lambda: Float
    let rewards: FixtureArray
    let values: FixtureArray
    let lastValues: FixtureArray
    let finalObservationValues: FixtureArray
    let terminated: FixtureArray
    let truncated: FixtureArray
    let advantages: FixtureArray
    let returns: FixtureArray
  }

  struct File: Decodable { let cases: [Case] }

  static let cases = referenceCases(File.self, "Torch/gae.json", \.cases)

  @Test("There are reference values")
  func casesExist() { #expect(Self.cases.count == 4) }

  @Test("equals PyTorch's values", arguments: cases)
  func equalsReference(_ reference: Case) {
    let tolerance = Tolerance(relative: 1e-5, absolute: 1e-5)
    let (advantages, returns) = estimate(
      reference, discount: reference.gamma, traceDecay: reference.lambda)
    #expect(tolerance.mismatch(advantages, reference.advantages.data) == nil)
    #expect(tolerance.mismatch(returns, reference.returns.data) == nil)
  }

  @Test("equals the definition, a sum over all later steps", arguments: [0, 0.5, 1] as [Float])
  func equalsDefinition(traceDecay: Float) throws {
    let reference = try #require(Self.cases.first)
    let (advantages, _) = estimate(reference, discount: 0.97, traceDecay: traceDecay)
    let expected = definition(reference, discount: 0.97, traceDecay: Double(traceDecay))
    let tolerance = Tolerance(relative: 1e-5, absolute: 1e-5)
    #expect(tolerance.mismatch(advantages, expected) == nil)
  }

  private func estimate(
    _ reference: Case, discount: Float, traceDecay: Float
  ) -> (advantages: [Float], returns: [Float]) {
    let (steps, environments) = (reference.rewards.shape[0], reference.rewards.shape[1])
    var advantages = [Float](repeating: .nan, count: steps * environments)
    var returns = advantages
    estimateAdvantages(
      advantages: &advantages, returns: &returns, rewards: reference.rewards.floats,
      values: reference.values.floats + reference.lastValues.floats,
      finalValues: reference.finalObservationValues.floats,
      endings: zip(reference.terminated.data, reference.truncated.data).map {
        terminated, truncated in
        terminated != 0 ? .terminated : truncated != 0 ? .truncated : .none
      },
      steps: steps, environments: environments, discount: discount, traceDecay: traceDecay)
    return (advantages, returns)
  }

  /// `A[t] = Σ (γ λ)ᵏ δ[t + k]` as far as the episode goes, in double precision.
  private func definition(_ c: Case, discount: Double, traceDecay: Double) -> [Double] {
    let (steps, count) = (c.rewards.shape[0], c.rewards.shape[1])
    let values = c.values.data + c.lastValues.data
    func error(_ row: Int) -> Double {
      let next =
        c.terminated.data[row] != 0
        ? 0
        : c.truncated.data[row] != 0
          ? c.finalObservationValues.data[row] : values[row + count]
      return c.rewards.data[row] + discount * next - values[row]
    }
    return (0..<steps * count).map { start in
      var (sum, factor, row) = (0.0, 1.0, start)
      while true {
        sum += factor * error(row)
        let ends = c.terminated.data[row] != 0 || c.truncated.data[row] != 0
        if ends || row + count >= steps * count { return sum }
        factor *= discount * traceDecay
        row += count
      }
    }
  }
}
