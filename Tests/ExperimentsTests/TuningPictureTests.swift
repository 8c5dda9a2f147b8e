import Foundation
import PolicyOptimization
import RandomStreams
import Testing

@testable import Experiments

@Suite("A picture of a search")
struct TuningPictureTests {
  @Test("shows every hyperparameter, what was confirmed, and importance from 100 candidates on")
  func shows() throws {
    let many = try #require(
      try TuningSearch(.formula(trials: 160), trials: FormulaTrials(), jobs: 2).run())
    #expect(many.candidates.count >= 100)
    let svg = TuningPicture(of: many).svg
    for words in [
      "learning-rate", "gamma", "chosen, new seeds", "running median", "stopped early",
      "share of the scores",
    ] {
      #expect(svg.contains(words), "\(words)")
    }
    #expect(!svg.contains("nan") && !svg.contains("inf,"))
    #expect(!svg.contains("Fewer than"))
    let few = try #require(
      try TuningSearch(.formula(trials: 40), trials: FormulaTrials(), jobs: 2).run())
    #expect(TuningPicture(of: few).svg.contains("Fewer than"))
  }

  @Test("measures importance: that of the cause is high, that of others lies around 0")
  func importance() throws {
    let space = SearchSpace(
      ["gamma", "gae-lambda", "clip-coef", "activation"].map {
        .init($0, Hyperparameters.description(named: $0)?.searchRange ?? .linear(low: 0, high: 1))
      })
    var draws = RandomStream(seed: 3, purpose: .other, index: 0)
    let points = (0..<200).map { _ in space.dimensions.map { _ in draws.uniform() } }
    let scores = points.map { point in
      // A hump, which no straight line sees; the noise has about a tenth of the variance.
      -(point[0] - 0.5) * (point[0] - 0.5) + 0.02 * draws.normal()
    }
    let all = try #require(
      HyperparameterImportance.all(in: space, points: points, scores: scores))
    #expect(all[0].share > 0.6, "\(all[0])")
    #expect(all[0].interval.contains(all[0].share))
    for other in all.dropFirst() {
      #expect(other.share < 0.1, "\(other)")
      #expect(other.interval.upperBound < all[0].interval.lowerBound)
    }
    #expect(
      HyperparameterImportance.all(
        in: space, points: Array(points.prefix(99)), scores: Array(scores.prefix(99))) == nil)
  }
}
