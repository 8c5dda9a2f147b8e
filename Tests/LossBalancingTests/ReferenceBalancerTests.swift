import LossBalancing
import TestSupport
import Testing

/// Every balancer with its default options on random minibatches, against NumPy and SciPy.
///
/// `Tests/Fixtures/NumPy/balancers.py` computes the weights by other means: quadratic programmes by
/// trying every set of bounds, bargains by a root finder, directions from the gradients themselves.
@Suite struct ReferenceBalancerTests {
  struct Minibatch: Decodable, Sendable {
    let values: [Double]
    let magnitudes: [Double]
    let rows: [[Double]]
  }

  struct Stream: Decodable, Sendable {
    let priorities: [Double]
    let minibatches: [Minibatch]
  }

  struct Case: Decodable, Sendable {
    let balancer: String
    let stream: Int
    let weights: [[Double]]
  }

  struct File: Decodable, Sendable {
    let streams: [Stream]
    let cases: [Case]
  }

  static let files = referenceCases(File.self, "NumPy/balancers.json") { [$0] }

  /// What has no place in the file, and where it is tested instead.
  static let elsewhere: Set = [
    "fixed", "random", "relobralo", "dwa",  // constant, random, random, no phases
    "famo", "db-mtl",  // a second look, gradients
  ]

  @Test func `there are cases of every method but a few`() throws {
    let file = try #require(Self.files.first)
    let names = Set(file.cases.map(\.balancer))
    #expect(names.union(Self.elsewhere).isSuperset(of: BalancerRegistry.standard.names))
    #expect(file.streams.map(\.priorities.count) == [1, 2, 2, 3, 3, 4, 5])
    #expect(file.cases.count == 24 * 7 + 3 * 3)
  }

  @Test(arguments: BalancerRegistry.standard.names.filter { !elsewhere.contains($0) })
  func `weights equal those of NumPy`(name: String) throws {
    let file = try #require(Self.files.first)
    for reference in file.cases where reference.balancer == name {
      let stream = file.streams[reference.stream]
      var balancer = try BalancerRegistry.make(name, terms: terms(stream.priorities))
      let found = balancer.run(
        stream.minibatches.map { minibatch in
          var measurement = LossMeasurement(rows: minibatch.rows)
          measurement.values = minibatch.values
          measurement.magnitudes = minibatch.magnitudes
          return measurement
        })
      for (found, expected) in zip(found, reference.weights) {
        let size = expected.reduce(0) { max($0, abs($1)) }
        // The Gramian squares the ratios between gradients, up to 1e3 here.
        for (index, (found, expected)) in zip(found, expected).enumerated() {
          #expect(
            abs(found - expected) <= 1e-6 * abs(expected) + 1e-10 * size,
            "stream \(reference.stream), weight \(index): \(found) instead of \(expected)")
        }
      }
    }
  }
}
