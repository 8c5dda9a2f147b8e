import EnvironmentKit
import RandomStreams
import Testing

@Suite("Episodes step by step")
struct EpisodeRunnerTests {
  @Test("They are those of environments that are stepped together", arguments: [nil, 4] as [Int?])
  func agreesWithRows(limit: Int?) throws {
    let environment = Countdown(timeLimit: limit)
    let rows = VectorEnvironment(
      environment, count: 3, seed: 5, purpose: .evaluationEnvironment)
    let arrays = StepArrays(for: rows)
    rows.observe(into: arrays.buffers().observations)
    let episodes = try EpisodeRunner(of: environment, numbers: 0..<3, seed: 5)
    var ends = 0
    for step in 0..<60 {
      for row in 0..<3 {
        #expect(episodes.observation(of: row) == Array(arrays.observations[2 * row..<2 * row + 2]))
        arrays.actions[row] = Float((step + row) % 4)
      }
      rows.step(0..<3, through: arrays.buffers())
      for row in 0..<3 {
        try episodes.step(row, action: [Float((step + row) % 4)])
        #expect(episodes.ending(of: row) == arrays.endings[row])
        #expect(episodes.arrays.rewards[row] == arrays.rewards[row])
        guard episodes.hasEnded(row) else { continue }
        ends += 1
        #expect(episodes.episodeReturn(of: row) == arrays.episodeReturns[row])
        #expect(episodes.length(of: row) == Int(arrays.episodeLengths[row]))
        #expect(
          episodes.observation(of: row) == Array(arrays.finalObservations[2 * row..<2 * row + 2]))
        try episodes.begin(row)
        #expect(episodes.length(of: row) == 0 && episodes.ending(of: row) == .none)
      }
    }
    #expect(ends > 20)
  }

  @Test("A situation says whether an episode begins, what is valid, and what to draw with")
  func situations() throws {
    let episode = try EpisodeRunner(of: FaultyWalk(.allChoicesInvalid), numbers: 2..<3, seed: 9)
    #expect(
      episode.situation(of: 0)
        == Situation(environment: 2, isFirst: true, validChoices: [true, true]))
    #expect(episode.draw(of: 0) == ActionDraw(seed: 9, environment: 2, step: 0))
    try episode.step(0, action: [1])
    #expect(!episode.situation(of: 0).isFirst)
    try episode.begin(0)
    #expect(episode.situation(of: 0).isFirst && episode.length(of: 0) == 0)
    // Random numbers are not used again in the next episode.
    #expect(episode.draw(of: 0) == ActionDraw(seed: 9, environment: 2, step: 1))
    let unmasked = try EpisodeRunner(of: Wanderer(), seed: 1)
    #expect(unmasked.situation(of: 0).validChoices == nil)
  }
}
