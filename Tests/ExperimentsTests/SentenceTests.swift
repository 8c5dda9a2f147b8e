import Charts
import Experiments
import Testing

/// A mistake of a program that uses Experiments or Charts.
private enum Mistake: String, CaseIterable, Codable, Sendable {
  case meanOfNothing, quantileOfNothing, quantileBeyondAll, emptyStratum, noRuns
  case noColumns, emptyAxis

  /// What is printed, apart from the place in the code.
  var sentence: String {
    switch self {
    case .meanOfNothing: "A mean needs at least 1 number."
    case .quantileOfNothing: "A quantile needs at least 1 number."
    case .quantileBeyondAll: "The part of a quantile is 1.5; it must be from 0 to 1."
    case .emptyStratum: "A bootstrap needs numbers in each of its 2 strata, and resamples."
    case .noRuns: "A picture of learning curves needs at least 1 run."
    case .noColumns: "A sheet cannot have 0 columns."
    case .emptyAxis: "An axis cannot show the range 0.0...1.0 on a logarithmic scale."
    }
  }

  func make() {
    switch self {
    case .meanOfNothing: _ = Statistics.interquartileMean([])
    case .quantileOfNothing: _ = Statistics.quantile(0.5, of: [])
    case .quantileBeyondAll: _ = Statistics.quantile(1.5, of: [1])
    case .emptyStratum: _ = Statistics.bootstrapInterval(of: [[1], []])
    case .noRuns: _ = LearningCurves([])
    case .noColumns: _ = ChartSheet([], columns: 0)
    case .emptyAxis: _ = Axis("steps", scale: .logarithmic, range: 0...1)
    }
  }
}

@Suite("Sentences about mistakes with records")
struct RecordSentenceTests {
  @Test("are printed before the program stops", arguments: Mistake.allCases)
  fileprivate func prints(mistake: Mistake) async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [mistake = mistake as Mistake] in
      mistake.make()
    }
    let words = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(words.contains("Fatal error: \(mistake.sentence) ("), "\(words)")
  }
}
