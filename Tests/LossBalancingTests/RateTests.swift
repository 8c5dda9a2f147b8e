import LossBalancing
import Testing

@Suite struct RateTests {
  @Test func `dynamic weight average over four phases`() throws {
    var balancer = try DynamicWeightAverage(terms: terms(1, 1))
    let means = [[1.0, 1], [0.5, 0.8], [0.4, 0.7], [1, 1]]
    let expected = [[1, 1], [1, 1], [0.92514031, 1.07485969], [0.9812522, 1.0187478]]
    for (values, weights) in zip(means, expected) {
      balancer.beginPhase()
      // Two minibatches with this mean.
      #expect(agree(balancer.weights(for: .init(values.map { $0 * 1.5 })), weights))
      #expect(agree(balancer.weights(for: .init(values.map { $0 * 0.5 })), weights))
    }
  }

  @Test func `a phase without a minibatch is no phase`() throws {
    var balancer = try DynamicWeightAverage(terms: terms(1, 1))
    for values in [[1.0, 1], [0.5, 0.8]] {
      _ = balancer.weights(for: .init(values))
      balancer.beginPhase()
      balancer.beginPhase()
    }
    #expect(agree(balancer.weights(for: .init([1, 1])), [0.92514031, 1.07485969]))
  }

  @Test(arguments: [
    (SoftAdapt.Form.original, [0.47751518, 0.52248482]),
    (.lossWeighted, [0.50384005, 0.49615995]),
    (.normalized, [0.47955686, 0.52044314]),
  ])
  func `SoftAdapt from (2, 1) to (1, 0.9)`(form: SoftAdapt.Form, expected: [Double]) throws {
    var balancer = try SoftAdapt(terms: terms(1, 1), form: form)
    #expect(agree(balancer.run([.init([2, 1]), .init([1, 0.9])])[1], expected))
  }

  @Test func `the normalised form prefers the slower term also when all fall`() throws {
    // The published package divides by the signed sum, which gives (0.5204, 0.4796).
    var balancer = try SoftAdapt(terms: terms(1, 1), form: .normalized)
    let weights = balancer.run([.init([2, 1]), .init([1, 0.9])])[1]
    #expect(weights[1] > weights[0])
  }

  @Test func `ReLoBRaLo with its coin showing first one side and then the other`() throws {
    var balancer = try ReLoBRaLo(terms: terms(1, 1), memory: 0.9, savingProbability: 0.5)
    var weights = [0.0, 0]
    var generator: any RandomNumberGenerator = Scripted(numbers: [0, .max])
    let expected = [[1, 1], [0.97550813, 1.02449187], [0.8880823, 1.1119177]]
    for (values, expected) in zip([[4.0, 1], [2, 1], [1, 0.5]], expected) {
      try balancer.updateWeights(&weights, from: .init(values), using: &generator)
      #expect(agree(weights, expected))
    }
  }

  @Test(arguments: ["dwa", "relobralo", "soft-adapt"])
  func `rates leave an imbalance of scales in place`(name: String) throws {
    var balancer = try BalancerRegistry.make(name, terms: terms(1, 1))
    var ratios: [Double] = []
    for step in 0..<10 {
      balancer.beginPhase()
      let weights = balancer.weights(for: .init([1e5 / Double(step + 1), 1 / Double(step + 1)]))
      ratios.append(weights[0] / weights[1])
    }
    #expect(ratios.allSatisfy { (0.1...10).contains($0) })
  }
}

/// A generator that returns given numbers.
private struct Scripted: RandomNumberGenerator {
  var numbers: [UInt64]
  mutating func next() -> UInt64 { numbers.removeFirst() }
}
