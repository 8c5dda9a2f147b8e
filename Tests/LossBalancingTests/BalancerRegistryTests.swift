import Foundation
import LossBalancing
import Testing

@Suite struct BalancerRegistryTests {
  @Test func `each method has a name for a command line, a summary and a source`() {
    for method in BalancerRegistry.standard.methods {
      let description = method.description
      #expect(description.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
      #expect(!description.summary.isEmpty && description.summary.count <= 80)
      #expect(!description.source.isEmpty)
    }
    let names = BalancerRegistry.standard.names
    #expect(Set(names).count == names.count)
    #expect(names.prefix(4) == ["fixed", "running-max", "log", "gradnorm"])
  }

  @Test func `a method is made by its name`() throws {
    let balancer = try BalancerRegistry.make("running-max", terms: policyTerms())
    #expect(balancer is RunningMaximum)
    #expect(balancer.terms == policyTerms())
  }

  @Test func `an unknown name is answered with near ones`() throws {
    let error = try #require(throws: BalancerError.self) {
      try BalancerRegistry.make("runing-max", terms: policyTerms())
    }
    #expect(error == .unknownName("runing-max", similar: ["running-max"]))
    #expect("\(error)" == "There is no balancer runing-max; did you mean running-max?")
    let prefix = try #require(throws: BalancerError.self) {
      try BalancerRegistry.make("grad", terms: policyTerms())
    }
    #expect("\(prefix)".contains("gradnorm"))
    let far = try #require(throws: BalancerError.self) {
      try BalancerRegistry.make("qqqqqqqqqqqq", terms: policyTerms())
    }
    #expect(far == .unknownName("qqqqqqqqqqqq", similar: []))
  }

  @Test func `errors name what was found and what to do`() throws {
    let unsound = try #require(throws: BalancerError.self) {
      try LogNormalization(terms: policyTerms(), statistic: .value)
    }
    #expect(
      "\(unsound)" == """
        The balancer log is not sound for the term policy, whose value has either sign: use the \
        statistic magnitude instead of value.
        """)
    let option = try #require(throws: BalancerError.self) {
      try RunningMaximum(terms: policyTerms(), decay: 1.5)
    }
    #expect(
      "\(option)"
        == "The option decay of the balancer running-max is 1.5; it must be in 0...1.")
  }

  @Test func `a balancer of one's own can be stored and read`() throws {
    let registry = BalancerRegistry.standard.adding(Halving.self)
    let data = try JSONEncoder().encode(StoredBalancer(Halving(terms: terms(1))))
    let decoder = JSONDecoder()
    #expect(throws: BalancerError.unknownName("halving", similar: [])) {
      try decoder.decode(StoredBalancer.self, from: data)
    }
    decoder.userInfo[.balancerRegistry] = registry
    #expect(try decoder.decode(StoredBalancer.self, from: data).balancer is Halving)
  }

  @Test func `a state that does not fit is refused`() throws {
    let balancer = try RunningMaximum(terms: policyTerms())
    let text = String(decoding: try JSONEncoder().encode(StoredBalancer(balancer)), as: UTF8.self)
    let damaged = text.replacing("[0,0,0]", with: "[0,0]")
    #expect(damaged != text)
    #expect(throws: BalancerError.self) {
      try JSONDecoder().decode(StoredBalancer.self, from: Data(damaged.utf8))
    }
  }
}

private struct Halving: RegisteredBalancer {
  static let description = BalancerDescription(name: "halving", summary: "½", source: "here")
  var terms: [LossTerm]
  var requiredInformation: RequiredInformation { .nothing }
  func chooseWeights(
    _ weights: inout [Double], from measurement: LossMeasurement,
    using generator: inout any RandomNumberGenerator
  ) {
    for index in terms.indices { weights[index] = 0.5 }
  }
}
