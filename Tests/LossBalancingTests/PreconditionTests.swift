import LossBalancing
import Testing

@Suite struct PreconditionTests {
  @Test func `arrays of the wrong length stop the program`() async {
    await #expect(processExitsWith: .failure) {
      var measurement = LossMeasurement(count: 2)
      measurement.measureGradients(([1, 2, 3] as [Float]).span)
    }
    await #expect(processExitsWith: .failure) {
      var report = BalanceReport(terms: [])
      report.record(
        [1], chosenBy: FixedCoefficients(terms: []), from: LossMeasurement(count: 0),
        measured: .nothing)
    }
  }

  @Test func `a number of parameters that changes stops the program`() async {
    await #expect(processExitsWith: .failure) {
      let term = LossTerm(name: "a", kind: .nonNegative)
      guard var balancer = try? DBMTL(terms: [term]) else { return }
      _ = balancer.update(for: LossMeasurement([1]), gradients: [1, 2])
      _ = balancer.update(for: LossMeasurement([1]), gradients: [1, 2, 3])
    }
  }

  @Test func `a priority that is none stops the program`() async {
    await #expect(processExitsWith: .failure) {
      _ = LossTerm(name: "a", kind: .nonNegative, priority: -1)
    }
    await #expect(processExitsWith: .failure) {
      _ = LossTerm(name: "a", kind: .nonNegative, priority: .nan)
    }
    await #expect(processExitsWith: .failure) {
      _ = LossTerm(name: "a", kind: .nonNegative, priority: .infinity)
    }
  }

  @Test func `the sentence is printed before the program stops`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LossTerm(name: "speed", kind: .nonNegative, priority: -1)
    }
    let words = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(words.contains("Fatal error: ") && words.contains("speed"), "\(words)")
  }

  @Test func `a run that keeps to the rules does not stop`() async {
    await #expect(processExitsWith: .success) {
      _ = LossTerm(name: "a", kind: .nonNegative, priority: 0)
      guard var balancer = try? DBMTL(terms: [LossTerm(name: "a", kind: .nonNegative)]) else {
        preconditionFailure("DB-MTL refused a term that is never negative.")
      }
      _ = balancer.update(for: LossMeasurement([1]), gradients: [1, 2])
      _ = balancer.update(for: LossMeasurement([1]), gradients: [1, 2])
    }
  }
}
