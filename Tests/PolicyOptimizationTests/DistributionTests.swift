import Foundation
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("Action distributions")
struct DistributionTests {
  @Test("choices are drawn as often as they are probable")
  func categoricalSampling() {
    let tape = Tape(isRecording: false)
    let rows = 20_000
    let scores: [Float] = [0.1, 1.2, -0.7]
    let distribution = Categorical(
      scores: tape.constant(
        Tensor(shape: [rows, 3], Array((0..<rows).map { _ in scores }.joined()))))
    var actions = [Float](repeating: .nan, count: rows)
    distribution.sample(to: &actions) { row in
      RandomStream(seed: 5, purpose: .action, index: row)
    }
    let total = scores.map { Foundation.exp(Double($0)) }.reduce(0, +)
    for choice in 0..<3 {
      let expected = Foundation.exp(Double(scores[choice])) / total
      let share = Double(actions.count { $0 == Float(choice) }) / Double(rows)
      // Four standard errors.
      #expect(abs(share - expected) < 4 * (expected * (1 - expected) / Double(rows)).squareRoot())
    }
    var modes = [Float](repeating: .nan, count: rows)
    distribution.writeMode(to: &modes)
    #expect(modes.allSatisfy { $0 == 1 })
  }

  @Test("numbers are drawn with the mean and the deviation of the Gaussian")
  func gaussianSampling() {
    let tape = Tape(isRecording: false)
    let rows = 20_000
    let distribution = DiagonalGaussian(
      mean: tape.constant(Tensor(shape: [rows, 1], repeating: 2)),
      logStandardDeviation: tape.constant(Tensor(shape: [1], [Float(Foundation.log(0.5))])))
    var actions = [Float](repeating: .nan, count: rows)
    distribution.sample(to: &actions) { row in
      RandomStream(seed: 5, purpose: .action, index: row)
    }
    let mean = actions.reduce(0, +) / Float(rows)
    let variance = actions.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(rows)
    #expect(abs(mean - 2) < 0.015)
    #expect(abs(variance - 0.25) < 0.01)
  }

  @Test("the Gaussian's density and entropy are those of the formula")
  func gaussianDensity() {
    let tape = Tape()
    let distribution = DiagonalGaussian(
      mean: tape.constant(Tensor(shape: [1, 2], [0.3, -1])),
      logStandardDeviation: tape.constant(Tensor(shape: [2], [0.2, -0.4])))
    let actions = tape.constant(Tensor(shape: [1, 2], [1, 0.5]))
    var expected = 0.0
    for (action, mean, logDeviation) in [(1.0, 0.3, 0.2), (0.5, -1, -0.4)] {
      let z = (action - mean) / Foundation.exp(logDeviation)
      expected += -0.5 * z * z - logDeviation - 0.5 * Foundation.log(2 * Double.pi)
    }
    let density = distribution.logProbability(of: actions).tensor.numbers[0]
    #expect(abs(Double(density) - expected) < 1e-6)
    let entropy = -0.2 + (1 + Foundation.log(2 * Double.pi))
    #expect(abs(Double(distribution.entropy().tensor.numbers[0]) - entropy) < 1e-6)
  }
}
