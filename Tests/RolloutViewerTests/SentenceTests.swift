import EnvironmentKit
import Testing

@testable import RolloutViewer

/// A mistake of a program that uses RolloutViewer.
private enum Mistake: String, CaseIterable, Codable, Sendable {
  case noEpisodes, noSteps, noChoices, noEnvironments, noPixels, tooOpaque

  /// What is printed, apart from the place in the code.
  var sentence: String {
    switch self {
    case .noEpisodes: "A recording needs at least 1 episode, not 0."
    case .noSteps: "A recording needs at least 1 step, not 0."
    case .noChoices: "A keyboard agent needs at least 1 action to choose from, not 0."
    case .noEnvironments: "A window needs at least 1 environment, not 0."
    case .noPixels: "A canvas has at least 1 × 1 pixels, not 0 × 5."
    case .tooOpaque: "The opacity of a colour is 2.0, not from 0 to 1."
    }
  }

  func make() throws {
    switch self {
    case .noEpisodes: _ = try Recording(of: Staircase(), by: Habit.second, episodes: 0, seed: 1)
    case .noSteps: _ = try Recording(of: Staircase(), by: Habit.second, seed: 1, stepLimit: 0)
    case .noChoices: _ = KeyboardAgent(choices: 0)
    case .noEnvironments:
      _ = try WatchedEnvironments(Staircase(), count: 0, agent: Habit.second, seed: 1)
    case .noPixels: _ = Canvas(width: 0, height: 5)
    case .tooOpaque: _ = Palette.ink.faded(to: 2)
    }
  }
}

@Suite("Sentences about mistakes with pictures")
struct SentenceTests {
  @Test("are printed before the program stops", arguments: Mistake.allCases)
  fileprivate func prints(mistake: Mistake) async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [mistake = mistake as Mistake] in
      try mistake.make()
    }
    let words = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(words.contains("Fatal error: \(mistake.sentence) ("), "\(words)")
  }
}
