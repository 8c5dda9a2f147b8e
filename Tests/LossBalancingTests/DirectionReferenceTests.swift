import LossBalancing
import TestSupport
import Testing

/// Updates on gradients that are hard, against 60 digits: more rows than columns, equal and opposite
/// rows, lengths that differ by 1e12, all in two orders.
@Suite struct DirectionReferenceTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let kind: String
    let rows: [[Double]]
    let cagrad: [String: [Double]]
    let impartial: [Double]?
    let conflictFree: [Double]?

    enum CodingKeys: String, CodingKey {
      case kind
      case rows
      case cagrad
      case impartial = "imtl-g"
      case conflictFree = "conflict-free"
    }

    var testDescription: String { "\(kind): \(rows)" }
    var terms: [LossTerm] { LossBalancingTests.terms(rows.map { _ in 1 }) }
  }

  struct File: Decodable, Sendable { let cases: [Case] }

  static let cases = referenceCases(File.self, "NumPy/directions.json") { $0.cases }

  @Test func `there are cases of every kind`() {
    #expect(Self.cases.count == 166)
    #expect(Self.cases.count { $0.rows.count > $0.rows[0].count } > 60)
    #expect(Self.cases.count { $0.impartial == nil } >= 4)
  }

  @Test(arguments: cases)
  func `CAGrad's update is that of 60 digits, whatever c`(reference: Case) throws {
    for (radius, expected) in reference.cagrad {
      var balancer = try CAGrad(terms: reference.terms, radius: try #require(Double(radius)))
      let weights = balancer.weights(for: LossMeasurement(rows: reference.rows))
      expect(weights, reference.rows, expected, "c = \(radius)")
    }
  }

  @Test(arguments: cases)
  func `IMTL-G's and ConFIG's updates are those of 60 digits, or the weights are kept`(
    reference: Case
  ) throws {
    for (name, expected) in [
      ("imtl-g", reference.impartial), ("conflict-free", reference.conflictFree),
    ] {
      var balancer = try BalancerRegistry.make(name, terms: reference.terms)
      var weights = reference.rows.map { _ in 7.0 }
      var generator: any RandomNumberGenerator = SplitMix(seed: 1)
      try balancer.updateWeights(
        &weights, from: LossMeasurement(rows: reference.rows), using: &generator)
      if let expected {
        expect(weights, reference.rows, expected, name)
      } else {
        #expect(weights.allSatisfy { $0 == 7 }, "\(name)")
      }
    }
  }

  /// The digits of the Gramian are those of the longest of the vectors that are added.
  private func expect(
    _ weights: [Double], _ rows: [[Double]], _ expected: [Double], _ comment: String
  ) {
    let size = zip(weights, rows).reduce(0) { $0 + abs($1.0) * norm($1.1) }
    let found = update(weights, rows)
    for (found, expected) in zip(found, expected) {
      #expect(
        abs(found - expected) <= 1e-7 * norm(self.update(weights, rows)) + 1e-9 * size, "\(comment)"
      )
    }
  }

  private func update(_ weights: [Double], _ rows: [[Double]]) -> [Double] {
    LossBalancingTests.update(weights, rows)
  }

  @Test(arguments: ["imtl-g", "conflict-free"])
  func `exactly opposite gradients keep the weights`(name: String) throws {
    var generator = SplitMix(seed: 101)
    for step in 0..<400 {
      let row = randomRows(1, width: 5, using: &generator)[0]
      let factor = step == 0 ? 1.5 : Double.random(in: 0.01...100, using: &generator)
      let priorities = step < 200 ? [1, 1] : [1, Double.random(in: 0.1...10, using: &generator)]
      var balancer = try BalancerRegistry.make(name, terms: terms(priorities))
      var weights = [3.0, 4]
      var random: any RandomNumberGenerator = SplitMix(seed: 1)
      let rows = step == 0 ? [[1, -1], [-1.5, 1.5]] : [row, row.map { -factor * $0 }]
      try balancer.updateWeights(&weights, from: LossMeasurement(rows: rows), using: &random)
      #expect(weights == [3, 4], "\(rows)")
    }
  }

  @Test(arguments: [1, 1.5, 2])
  func `from c = 1 no term gets worse, with 0 in the hull or not`(radius: Double) throws {
    var generator = SplitMix(seed: 103)
    for step in 0..<300 {
      let (count, width) = (step % 4 + 2, step % 3 + 1)
      var rows = randomRows(count, width: width, using: &generator)
      if step % 5 == 0 { rows[count - 1] = rows[0].map { -2 * $0 } }
      var balancer = try CAGrad(terms: terms(rows.map { _ in 1 }), radius: radius)
      let found = update(balancer.weights(for: LossMeasurement(rows: rows)), rows)
      let sum = norm(update(rows.map { _ in 1 }, rows))
      #expect(rows.allSatisfy { dot($0, found) >= -1e-7 * norm($0) * (sum + norm(found)) })
    }
  }

  @Test(arguments: BalancerRegistry.standard.names.suffix(11))
  func `the order of hard rows does not change the update`(name: String) throws {
    if ["pcgrad", "gradvac"].contains(name) { return }
    for reference in Self.cases where reference.rows.count > 2 {
      var original = try BalancerRegistry.make(name, terms: reference.terms)
      var reversed = original
      let rows = Array(reference.rows.reversed())
      let (first, second) = (
        original.weights(for: .init(rows: reference.rows)),
        reversed.weights(for: .init(rows: rows))
      )
      let size = zip(first, reference.rows).reduce(0) { $0 + abs($1.0) * norm($1.1) }
      let difference = zip(update(first, reference.rows), update(second, rows)).map { $0 - $1 }
      #expect(norm(difference) <= 1e-6 * size, "\(reference.kind) \(reference.rows)")
    }
  }

  @Test func `Aligned-MTL leaves a component out from the ratio on that it names`() throws {
    for (ratio, isKept) in [(2.2e7, true), (2.6e7, false)] {
      let rows: [[Double]] = [[1, 0], [0, 1 / ratio]]
      var balancer = AlignedMTL(terms: terms(1, 1))
      let found = norm(update(balancer.weights(for: .init(rows: rows)), rows))
      #expect(agree([found], [isKept ? 2.0.squareRoot() / ratio : 1], within: 1e-6))
      #expect((found < 0.5) == isKept)
    }
  }
}
