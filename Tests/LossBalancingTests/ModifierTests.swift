import LossBalancing
import Testing

@Suite struct ModifierTests {
  @Test func `an anchor keeps its priority`() throws {
    var balancer = try Anchored(try LogNormalization(terms: policyTerms()))
    #expect(balancer.anchor == "policy")
    let batch = LossMeasurement([0, 0.75, -0.6], magnitudes: [1.5, 0.75, 0.6])
    #expect(agree(balancer.weights(for: batch), [1, 1, 0.025]))
  }

  @Test func `weights are clamped, and their steps`() throws {
    var balancer = try Clamped(
      try LogNormalization(terms: terms(1, 2)), ratioLimit: 10, stepLimit: 2)
    let weights = balancer.run([.init([1, 1e-3]), .init([1e3, 1])])
    #expect(weights == [[1, 20], [0.5, 10]])
    #expect(balancer.isClamped(at: 0) && balancer.isClamped(at: 1))
    #expect(balancer.run([.init([2, 0.2])]) == [[0.5, 10]])
    #expect(!balancer.isClamped(at: 0) && !balancer.isClamped(at: 1))
  }

  @Test func `a balancer is asked at every third minibatch`() throws {
    var balancer = try Every(3, try LogNormalization(terms: terms(1)))
    var weights = [0.0]
    var generator: any RandomNumberGenerator = SplitMix(seed: 1)
    var found: [Double] = []
    var levels: [RequiredInformation] = []
    for value in [1.0, 2, 4, 8, 16] {
      levels.append(balancer.requiredInformation)
      try balancer.updateWeights(&weights, from: .init([value]), using: &generator)
      found.append(weights[0])
    }
    #expect(found == [1, 1, 1, 0.125, 0.125])
    #expect(levels == [.magnitudes, .nothing, .nothing, .magnitudes, .nothing])
  }

  @Test(arguments: [true, false])
  func `weights are frozen during a phase`(seesAll: Bool) throws {
    let average = try AverageMagnitude(terms: terms(1), decay: 0.5)
    var balancer = try Frozen(average, seesAll: seesAll)
    var weights = [0.0]
    var generator: any RandomNumberGenerator = SplitMix(seed: 1)
    var found: [Double] = []
    for phase in [[1.0, 3, 5], [7, 9]] {
      balancer.beginPhase()
      for value in phase {
        try balancer.updateWeights(&weights, from: .init([value]), using: &generator)
        found.append(1 / weights[0])
      }
    }
    // (7 + 5/2 + 3/4 + 1/8) / (15/8), or (7 + 1/2) / (3/2) where only the first were seen.
    let second = seesAll ? 10.375 / 1.875 : 5
    #expect(agree(found, [1, 1, 1, second, second]))
    #expect(balancer.requiredInformation == (seesAll ? .magnitudes : .nothing))
  }

  @Test func `with rows of equal length the scale of a loss does not matter`() throws {
    func result(_ scale: Double) throws -> [Double] {
      var balancer = try RowNormalized(try UPGrad(terms: terms(1, 1, 1)))
      let rows = zip(DirectionTests.second, [1, scale, 1]).map { row, scale in
        row.map { $0 * scale }
      }
      return update(balancer.weights(for: .init(rows: rows)), rows)
    }
    #expect(agree(try result(1e6), try result(1), within: 1e-9))
    #expect(agree(try result(0x1p-20), try result(1), within: 1e-9))
  }

  @Test func `rows are normalised to the anchor, whose weight is then its priority`() throws {
    var balancer = try RowNormalized(PCGrad(terms: policyTerms()))
    let weights = balancer.weights(for: .init([1, 1, 1], norms: [2, 500, 0.1]))
    #expect(agree(weights, [1, 0.5 * 2 / 500, 0.01 * 2 / 0.1]))
    // Without a gradient of the anchor, and without one of another term.
    var kept = weights
    var generator: any RandomNumberGenerator = SplitMix(seed: 1)
    let lost = LossMeasurement([1, 1, 1], norms: [0, 500, 0.1])
    try balancer.updateWeights(&kept, from: lost, using: &generator)
    #expect(kept == weights)
    let partial = LossMeasurement([1, 1, 1], norms: [2, 500, 0])
    #expect(agree(balancer.weights(for: partial), [1, 0.002, 0.01]))
  }

  @Test func `modifiers are made by name and can be stacked`() throws {
    let every = try BalancerRegistry.make("every-5:gradnorm", terms: policyTerms())
    #expect((every as? Every)?.interval == 5)
    #expect((every as? Every)?.base.balancer is GradNorm)
    let plain = try BalancerRegistry.make("every:gradnorm", terms: policyTerms())
    #expect((plain as? Every)?.interval == 10)
    let stacked = try BalancerRegistry.make("frozen:row-normalized:upgrad", terms: policyTerms())
    #expect(((stacked as? Frozen)?.base.balancer as? RowNormalized)?.base.balancer is UPGrad)
  }

  @Test(arguments: [
    "row-normalized:log", "every-0:log", "frozen:db-mtl", "anchored:db-mtl", "froze:log",
    "frozen:lag", "every-x:log", ":log", "frozen:",
  ])
  func `what cannot be put together is refused`(name: String) {
    #expect(throws: BalancerError.self) {
      try BalancerRegistry.make(name, terms: terms(1, 1))
    }
  }

  @Test func `modifiers hand on what they do not change`() throws {
    let famo = try Frozen(try FAMO(terms: terms(1, 1)))
    #expect(famo.needsPostStepValues)
    var frozen = famo
    _ = frozen.weights(for: .init([2, 1]))
    frozen.observeStep(.init([1, 1]))
    #expect((frozen.base.balancer as? FAMO)?.logits != [0, 0])
    #expect(try !Frozen(FixedCoefficients(terms: terms(1))).needsPostStepValues)
    var anchored = try Anchored(try DynamicWeightAverage(terms: terms(1, 1)))
    for values in [[1.0, 1], [0.5, 0.8]] {
      anchored.beginPhase()
      _ = anchored.weights(for: .init(values))
    }
    anchored.beginPhase()
    let weights = anchored.weights(for: .init([1, 1]))
    #expect(agree(weights, [1, 1.07485969 / 0.92514031]))
  }

  @Test func `a frozen balancer hears of phases`() throws {
    var balancer = try Frozen(try DynamicWeightAverage(terms: terms(1, 1)))
    for values in [[1.0, 1], [0.5, 0.8]] {
      balancer.beginPhase()
      _ = balancer.weights(for: .init(values))
    }
    balancer.beginPhase()
    #expect(agree(balancer.weights(for: .init([1, 1])), [0.92514031, 1.07485969]))
  }
}
