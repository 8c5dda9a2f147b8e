import EnvironmentKit
import RandomStreams
import Testing

@Suite("Episodes step by step")
struct EpisodeRunnerTests {
  @Test("They are those of environments that are stepped together", arguments: [nil, 4] as [Int?])
  func agreesWithRows(limit: Int?) {
    let environment = Countdown(timeLimit: limit)
    let rows = VectorEnvironment(
      environment, count: 3, seed: 5, purpose: .evaluationEnvironment)
    let arrays = StepArrays(for: rows)
    rows.observe(into: arrays.buffers().observations)
    var episodes = (0..<3).map { EpisodeRunner(of: environment, index: $0, seed: 5) }
    var ends = 0
    for step in 0..<60 {
      for row in 0..<3 {
        #expect(episodes[row].observation == Array(arrays.observations[2 * row..<2 * row + 2]))
        arrays.actions[row] = Float((step + row) % 4)
      }
      rows.step(0..<3, through: arrays.buffers())
      for row in 0..<3 {
        let outcome = episodes[row].step([Float((step + row) % 4)].span)
        #expect(outcome.ending == arrays.endings[row] && episodes[row].ending == outcome.ending)
        #expect(Float(outcome.reward) == arrays.rewards[row])
        guard outcome.ending != .none else { continue }
        ends += 1
        #expect(episodes[row].episodeReturn == arrays.episodeReturns[row])
        #expect(episodes[row].length == Int(arrays.episodeLengths[row]))
        #expect(
          episodes[row].observation == Array(arrays.finalObservations[2 * row..<2 * row + 2]))
        episodes[row].begin()
        #expect(episodes[row].length == 0 && episodes[row].ending == .none)
      }
    }
    #expect(ends > 20 && episodes.allSatisfy { $0.number > 5 })
  }

  @Test("A situation says whether an episode begins, what is valid, and what to draw with")
  func situations() {
    var episode = EpisodeRunner(of: FaultyWalk(.allChoicesInvalid), index: 2, seed: 9)
    #expect(
      episode.situation == Situation(environment: 2, isFirst: true, validChoices: [true, true]))
    #expect(episode.draw == ActionDraw(seed: 9, environment: 2, step: 0))
    episode.step([1].span)
    #expect(!episode.situation.isFirst)
    episode.begin()
    #expect(episode.situation.isFirst && episode.number == 2)
    // Random numbers are not used again in the next episode.
    #expect(episode.draw == ActionDraw(seed: 9, environment: 2, step: 1))
    #expect(EpisodeRunner(of: Wanderer(), seed: 1).situation.validChoices == nil)
  }
}
