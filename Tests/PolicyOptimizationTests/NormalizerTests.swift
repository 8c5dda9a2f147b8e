import EnvironmentKit
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("Normalisers")
struct NormalizerTests {
  /// Numbers with a large mean and a small deviation, where careless formulas lose all digits.
  private let numbers: [Float] = (0..<600).map { 1000 + Float(($0 * 37) % 101) / 50 }

  @Test("moments of a stream are those of all numbers at once", arguments: [1, 7, 100, 300])
  func momentsStream(rows: Int) {
    var streamed = RunningMoments(count: 2)
    numbers.withUnsafeBufferPointer { numbers in
      var row = 0
      while row < 300 {
        let some = min(rows, 300 - row)
        streamed.add(numbers.baseAddress! + 2 * row, rows: some)
        row += some
      }
    }
    for feature in 0..<2 {
      let column = stride(from: feature, to: 600, by: 2).map { Double(numbers[$0]) }
      let mean = column.reduce(0, +) / 300
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 300
      #expect(abs(streamed.means[feature] - mean) < 1e-9)
      #expect(abs(streamed.variance(of: feature) - variance) < 1e-9)
    }
  }

  @Test("observations get mean 0 and deviation 1, and stay within ±10")
  func observationsAreNormalized() {
    var normalizer = ObservationNormalizer(count: 1)
    var input = numbers
    normalizer.update(input, rows: input.count)
    input.append(1e9)
    var output = input
    normalizer.apply(to: &output, from: input, rows: input.count)
    let rows = output.dropLast()
    let mean = rows.reduce(0, +) / Float(rows.count)
    let variance = rows.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(rows.count)
    #expect(abs(mean) < 1e-3)
    #expect(abs(variance - 1) < 1e-2)
    #expect(output.last == 10)
  }

  @Test("a component that never changes becomes 0, not noise")
  func constantComponentsStaySmall() {
    var normalizer = ObservationNormalizer(count: 1)
    let input = [Float](repeating: 0.1, count: 50)
    normalizer.update(input, rows: 50)
    var output = input
    normalizer.apply(to: &output, from: input, rows: 50)
    #expect(output.allSatisfy { abs($0) < 1e-3 })
  }

  @Test(
    "rewards are divided by the deviation of the discounted return, whatever their scale",
    arguments: [0.01, 1, 100] as [Float])
  func rewardsAreNormalized(scale: Float) throws {
    let rollout = rollout(scale: scale)
    var normalizer = ReturnNormalizer(environments: 3, discount: 0.9)
    try normalizer.apply(to: rollout)
    let expected = normalizedByHand(self.rollout(scale: scale), discount: 0.9)
    for (reward, expected) in zip(rollout.rewards.array, expected) {
      #expect(abs(Double(reward) - expected) < 1e-4)
    }
    #expect(expected.contains { abs($0) > 0.1 })
  }

  private func rollout(scale: Float) -> Rollout {
    let rollout = Rollout(
      steps: 20, environments: 3, observationCount: 1, actionCount: 1,
      normalizesObservations: false)
    for row in 0..<60 { rollout.rewards[row] = scale * Float((row * 7) % 11 - 3) }
    rollout.endings[30] = .terminated
    rollout.endings[44] = .truncated
    return rollout
  }

  /// The definition: `G ← γ G + r`, starting at 0 with every episode; the deviation of all G.
  private func normalizedByHand(_ rollout: Rollout, discount: Double) -> [Double] {
    var running = [0.0, 0, 0]
    var all: [Double] = []
    for row in 0..<60 {
      running[row % 3] = discount * running[row % 3] + Double(rollout.rewards[row])
      all.append(running[row % 3])
      if rollout.endings[row] != .none { running[row % 3] = 0 }
    }
    let mean = all.reduce(0, +) / 60
    let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 60
    return rollout.rewards.array.map {
      min(max(Double($0) / (variance + 1e-8).squareRoot(), -10), 10)
    }
  }
}
