import LossBalancing
import Testing

@Suite struct LearnedTests {
  @Test func `uncertainty weighting by steps of 0.1`() throws {
    var balancer = try UncertaintyWeighting(
      terms: terms(1, 1), rate: 0.1, stepLimit: 10, startsAtFirstValues: false)
    let before = [[0, 0], [0.15, 4.95], [0.1860708, 4.91770852]]
    let expected = [[0.5, 0.5], [0.43035399, 0.0035417], [0.41510741, 0.00365794]]
    let losses = [52, 3.587793200, 5.964197370]
    for (step, measurement) in RunningMaximumTests.stream.enumerated() {
      #expect(agree(balancer.logVariances, before[step]))
      let sum = balancer.logVariances.reduce(0, +)
      let weights = balancer.weights(for: measurement)
      #expect(agree(weights, expected[step]))
      #expect(agree([dot(weights, measurement.values) + sum / 2], [losses[step]]))
    }
    #expect(agree(balancer.logVariances, [0.46815672, 4.87685337]))
  }

  @Test func `impartial losses by steps of 0.01`() throws {
    var balancer = try ImpartialLosses(
      terms: terms(1, 1), rate: 0.01, stepLimit: 10, startsAtFirstValues: false)
    let before = [[0, 0], [-0.03, 0.005], [-0.03940891, 0.00997494]]
    let losses = [4.5, 2.468397328, 7.972800342]
    for (step, values) in [[4, 0.5], [2, 0.5], [8, 0.25]].enumerated() {
      #expect(agree(balancer.logFactors, before[step]))
      let sum = balancer.logFactors.reduce(0, +)
      let weights = balancer.weights(for: .init(values))
      #expect(agree([dot(weights, values) - sum], [losses[step]]))
    }
    #expect(agree(balancer.logFactors, [-0.10631751, 0.01744988]))
  }

  @Test func `both start where they rest for the first values`() throws {
    var uncertainty = try UncertaintyWeighting(terms: terms(1, 2))
    var impartial = try ImpartialLosses(terms: terms(1, 2))
    let stream = Array(repeating: LossMeasurement([1e5, 1e-5]), count: 10)
    #expect(uncertainty.run(stream).allSatisfy { agree($0, [0.5e-5, 1e5], within: 1e-9) })
    #expect(impartial.run(stream).allSatisfy { agree($0, [1e-5, 2e5], within: 1e-9) })
  }

  @Test func `they follow a loss to where they rest`() throws {
    var balancer = try UncertaintyWeighting(terms: terms(1), rate: 0.1)
    let stream = [LossMeasurement([1])] + Array(repeating: .init([20]), count: 300)
    #expect(agree(balancer.run(stream)[300], [1.0 / 40], within: 1e-6))
  }

  @Test func `a loss that jumps or vanishes moves a logarithm by a bounded step`() throws {
    var uncertainty = try UncertaintyWeighting(terms: terms(1))
    let jumps = uncertainty.run([.init([1]), .init([1e30]), .init([1])])
    #expect(jumps[0] == [0.5] && abs(jumps[2][0] - 0.5 / 2.718281828) < 1e-6)
    var impartial = try ImpartialLosses(terms: terms(1), rate: 10, stepLimit: 10)
    let rises = impartial.run([.init([1])] + Array(repeating: .init([0]), count: 100))
    #expect(agree(rises[100], [1e12], within: 1e-6))
    #expect(impartial.isClamped(at: 0))
  }

  @Test(arguments: [
    "uncertainty", "imtl-l", "famo", "geometric", "dwa", "soft-adapt", "relobralo", "db-mtl",
  ])
  func `methods for terms that are never negative refuse PPO's`(name: String) throws {
    let error = try #require(throws: BalancerError.self) {
      try BalancerRegistry.make(name, terms: policyTerms())
    }
    #expect("\(error)".contains("policy") && "\(error)".contains(": use "))
    _ = try BalancerRegistry.make(name, terms: policyTerms(policy: 0, entropy: 0))
  }

  @Test func `FAMO for three steps`() throws {
    var balancer = try FAMO(terms: terms(1, 1))
    #expect(balancer.needsPostStepValues)
    let pairs = [([2.0, 1], [1, 0.9]), ([1, 0.9], [0.8, 0.5]), ([0.8, 0.5], [0.7, 0.45])]
    let weights = [[0.33333333, 0.66666667], [0.46123781, 0.53876219], [0.37078381, 0.62921619]]
    let logits = [0.025, 0.02942605, 0.03349182]
    for (step, (before, after)) in pairs.enumerated() {
      #expect(agree(balancer.weights(for: .init(before)), weights[step]))
      balancer.observeStep(.init(after))
      #expect(agree(balancer.logits, [-logits[step], logits[step]]))
    }
  }

  @Test func `FAMO learns nothing from a step that it did not choose or that is not finite`()
    throws
  {
    var balancer = try FAMO(terms: terms(1, 1))
    balancer.observeStep(.init([1, 2]))
    #expect(balancer.logits == [0, 0])
    _ = balancer.weights(for: .init([2, 1]))
    balancer.observeStep(.init([.nan, 1]))
    #expect(balancer.logits == [0, 0])
    balancer.observeStep(.init([1, 1]))
    let learnt = balancer.logits
    #expect(learnt[0] < 0 && learnt[1] > 0)
    balancer.observeStep(.init([0.5, 1]))
    #expect(balancer.logits == learnt)
  }

  @Test func `FAMO weighs terms without a second look as their priorities say`() throws {
    var balancer = try FAMO(terms: terms(3, 1))
    let weights = balancer.weights(for: .init([2, 2]))
    #expect(agree(weights, [0.75, 0.25]))
  }
}
