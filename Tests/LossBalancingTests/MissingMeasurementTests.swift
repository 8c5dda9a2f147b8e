import LossBalancing
import Testing

@Suite struct MissingMeasurementTests {
  @Test(
    arguments: BalancerRegistry.standard.names + [
      "row-normalized:pcgrad", "anchored:log", "clamped:gradnorm", "every-3:mgda", "frozen:upgrad",
    ])
  func `what is required and was not measured is an error that names it`(name: String) throws {
    var balancer = try BalancerRegistry.make(name, terms: terms(1, 1, 1))
    let level = balancer.requiredInformation
    var weights = [5.0, 5, 5]
    var generator: any RandomNumberGenerator = SplitMix(seed: 1)
    for known in RequiredInformation.allCases {
      var measurement = LossMeasurement(count: 3)
      if known >= .values { measurement.values = [1, 2, 3] }
      if known >= .magnitudes { measurement.magnitudes = [1, 2, 3] }
      if known >= .featureGradients { measurement.gramian = [1, 0, 0, 0, 1, 0, 0, 0, 1] }
      if known >= .gradients {
        measurement.measureGradients([[1, 0], [0, 1], [1, 1]] as [[Float]])
      }
      var copy = balancer
      if known < min(level, .featureGradients) {
        let error = #expect(throws: BalancerError.self) {
          try copy.updateWeights(&weights, from: measurement, using: &generator)
        }
        #expect(weights == [5, 5, 5])
        #expect(
          error.map { "\($0)".contains("lacks") && "\($0)".contains("Measurement.") } ?? false)
      } else {
        try copy.updateWeights(&weights, from: measurement, using: &generator)
        #expect(weights != [5, 5, 5] || level == .nothing)
        weights = [5, 5, 5]
      }
    }
    balancer.beginPhase()
  }

  @Test func `options that read more than their level adds say so, too`() throws {
    var measurement = LossMeasurement(count: 1)
    measurement.gramian = [1]
    var balancers: [any LossBalancer] = [
      try GradNorm(terms: terms(1), asymmetry: 1),
      try PublishedGradNorm(terms: terms(1), asymmetry: 1), try DBMTL(terms: terms(1)),
      try LearningRateAnnealing(terms: terms(1), comparison: .means),
    ]
    for index in balancers.indices {
      var weights = [0.0]
      var generator: any RandomNumberGenerator = SplitMix(seed: 1)
      #expect(throws: BalancerError.self) {
        try balancers[index].updateWeights(&weights, from: measurement, using: &generator)
      }
    }
  }

  @Test func `the sentence says what to do in the library's own words`() throws {
    var balancer = try GradNorm(terms: terms(1, 1))
    var weights = [0.0, 0]
    var generator: any RandomNumberGenerator = SplitMix(seed: 1)
    let error = try #require(throws: BalancerError.self) {
      try balancer.updateWeights(&weights, from: LossMeasurement(count: 2), using: &generator)
    }
    #expect(
      "\(error)" == """
        The balancer gradnorm requires the Gramian of the terms' gradients, which the measurement \
        lacks; call LossMeasurement.measureGradients(_:) or assign LossMeasurement.gramian.
        """)
    let unknown = BalancerError.unknownName("x", similar: [])
    #expect("\(unknown)".contains("BalancerRegistry.names") && !"\(unknown)".contains("ppo"))
  }

  @Test func `arrays of the wrong length are refused`() throws {
    var balancer: any LossBalancer = FixedCoefficients(terms: terms(1))
    var generator: any RandomNumberGenerator = SplitMix(seed: 1)
    var weights = [1.0, 2]
    #expect(throws: BalancerError.wrongCount("weights", balancer: "fixed", found: 2, expected: 1)) {
      try balancer.updateWeights(&weights, from: LossMeasurement(count: 1), using: &generator)
    }
    weights = [1]
    #expect(throws: BalancerError.self) {
      try balancer.updateWeights(&weights, from: LossMeasurement(count: 2), using: &generator)
    }
    var short = LossMeasurement(count: 1)
    short.gramian = []
    var norms = try GradNorm(terms: terms(1))
    #expect(throws: BalancerError.self) {
      try norms.updateWeights(&weights, from: short, using: &generator)
    }
  }

  @Test func `gradients are measured from spans and arrays alike`() {
    let rows: [[Float]] = [[3, 0, 0, 4], [1, 0, 0, -2]]
    var (span, flat, single, double) = (
      LossMeasurement(count: 2), LossMeasurement(count: 2), LossMeasurement(count: 2),
      LossMeasurement(count: 2)
    )
    span.measureGradients(Array(rows.joined()).span)
    flat.measureGradients(Array(rows.joined()))
    single.measureGradients(rows)
    double.measureGradients(rows.map { $0.map { Double($0) } })
    for measurement in [span, flat, single, double] {
      #expect(measurement.gramian == [25, -5, -5, 5])
      #expect(measurement.largestEntries == [4, 2])
      #expect(measurement.meanEntries == [1.75, 0.75])
    }
  }
}
