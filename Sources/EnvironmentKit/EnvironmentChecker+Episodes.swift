import Foundation
import RandomStreams

/// What came of a step, or of the start of an episode, which earns nothing and does not end it.
struct StepResult {
  var observation: [Float]
  var reward: Double
  var ending: Ending

  /// The first thing in which another result differs.
  func difference(from other: StepResult) -> ResultDifference? {
    for component in observation.indices {
      let (first, second) = (observation[component], other.observation[component])
      let difference = ResultDifference(
        .observation(component: component), Double(first), Double(second))
      if let difference { return difference }
    }
    return ResultDifference(.reward, reward, other.reward)
      ?? ResultDifference(.ending, Double(ending.rawValue), Double(other.ending.rawValue))
  }
}

/// All results of an episode, the first one that of its start.
struct EpisodeTranscript {
  var results: [StepResult] = []
}

extension EnvironmentChecker {
  /// Plays an episode for the first time and looks at everything in it.
  func inspectEpisode<Base: Environment>(
    _ episode: Int, of environment: Base, report: inout FindingReport
  ) -> EpisodeTranscript {
    let space = environment.observationSpace
    var transcript = EpisodeTranscript()
    var run = EpisodeRun(environment, seed: seed, episode: episode)
    var result = run.start
    while true {
      transcript.results.append(result)
      inspect(result, within: space, at: run.place, report: &report)
      if let component = run.componentWithoutChoice {
        report.note(.noValidChoice(component: component), at: run.place, component: component)
      }
      if !environment.scene(of: run.state).isFinite { report.note(.sceneNotFinite, at: run.place) }
      if result.ending != .none { break }
      if run.steps == stepLimit {
        if environment.timeLimit == nil { report.note(.neverEnds, at: run.place) }
        break
      }
      result = run.step()
    }
    return transcript
  }

  /// Plays an episode again; the results must be the same.
  func inspectRepetition<Base: Environment>(
    of transcript: EpisodeTranscript, episode: Int, in environment: Base,
    report: inout FindingReport
  ) {
    var run = EpisodeRun(environment, seed: seed, episode: episode)
    if let difference = run.difference(from: transcript) {
      report.note(.notDeterministic(difference: difference), at: run.place)
    }
  }

  /// Plays the first two episodes again, a step of the one and a step of the other in turns; each must
  /// go as it does alone.
  func inspectCompany<Base: Environment>(
    of transcripts: [EpisodeTranscript], in environment: Base, report: inout FindingReport
  ) {
    var runs = transcripts.prefix(2).indices.map {
      EpisodeRun(environment, seed: seed, episode: $0)
    }
    for _ in 0..<(transcripts.map(\.results.count).max() ?? 0) {
      for (run, transcript) in zip(runs.indices, transcripts) {
        guard let difference = runs[run].nextDifference(from: transcript) else { continue }
        return report.note(.episodesInterfere(difference: difference), at: runs[run].place)
      }
    }
  }

  /// Plays an episode again, and takes a step with a copy of the state in its middle, which must not
  /// change the state itself unless the environment says so.
  func inspectCopying<Base: Environment>(
    of transcript: EpisodeTranscript, episode: Int, in environment: Base,
    report: inout FindingReport
  ) {
    if environment.hasReferenceState { return }
    var run = EpisodeRun(environment, seed: seed, episode: episode)
    run.play(to: (transcript.results.count - 1) / 2)
    var copy = run
    _ = copy.nextDifference(from: transcript)
    if let difference = run.difference(from: transcript) {
      report.note(.copySharesState(difference: difference), at: run.place)
    }
  }

  /// Plays an episode again, with a state that is encoded and decoded in its middle.
  func inspectCoding<Base: Environment>(
    of transcript: EpisodeTranscript, episode: Int, in environment: Base,
    report: inout FindingReport
  ) {
    var run = EpisodeRun(environment, seed: seed, episode: episode)
    run.play(to: (transcript.results.count - 1) / 2)
    do {
      run.state = try coded(run.state)
    } catch {
      return report.note(.stateNotCodable(reason: "\(error)"), at: run.place)
    }
    if let difference = run.difference(from: transcript) {
      report.note(.stateLostInCoding(difference: difference), at: run.place)
    }
  }

  /// Inspects a single result.
  func inspect(
    _ result: StepResult, within space: BoxSpace, at place: EnvironmentFinding.Place,
    report: inout FindingReport
  ) {
    for (component, value) in result.observation.enumerated() {
      let (lowest, highest) = (space.lowest[component], space.highest[component])
      if value.bitPattern == unwritten.bitPattern {
        report.note(
          .observationNotWritten(component: component), at: place, component: component)
      } else if !value.isFinite {
        report.note(
          .observationNotFinite(component: component, value: value), at: place,
          component: component)
      } else if value < lowest || value > highest {
        report.note(
          .observationOutsideSpace(
            component: component, value: value, lowest: lowest, highest: highest), at: place,
          component: component)
      }
    }
    // Rewards are stored in single precision, where large ones become infinite.
    if !Float(result.reward).isFinite {
      report.note(.rewardNotFinite(value: result.reward), at: place)
    }
  }
}

/// A NaN that no arithmetic gives; what still holds it was not written.
private let unwritten = Float(nan: 0xDEAD, signaling: false)

/// A state or a snapshot, encoded and decoded again.
func coded<State: Codable>(_ state: State) throws -> State {
  let encoder = JSONEncoder()
  let decoder = JSONDecoder()
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  decoder.nonConformingFloatDecodingStrategy = .convertFromString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  // In an array, since not every decoder reads a bare number.
  let stored = try encoder.encode([state])
  return try decoder.decode([State].self, from: stored)[0]
}

/// An episode that is being played with random actions; all is determined by seed and number.
private struct EpisodeRun<Base: Environment> {
  let environment: Base
  let episode: Int
  var state: Base.State
  /// How many steps were taken.
  private(set) var steps = 0
  private var ending = Ending.none
  private var generator: RandomStream
  private var actionGenerator: RandomStream

  init(_ environment: Base, seed: UInt64, episode: Int) {
    self.environment = environment
    self.episode = episode
    generator = RandomStream(seed: seed, purpose: .environment, index: episode)
    actionGenerator = RandomStream(seed: seed, purpose: .action, index: episode)
    state = environment.initialState(using: &generator)
  }

  var place: EnvironmentFinding.Place { EnvironmentFinding.Place(episode: episode, step: steps) }

  /// A component of the action that has no valid choice in the present state.
  var componentWithoutChoice: Int? {
    guard environment.hasActionMask else { return nil }
    let counts = environment.actionSpace.choiceCounts
    return environment.uncheckedActionMask(of: state, counts: counts)
      .firstComponentWithoutChoice(counts: counts)
  }

  /// The result of a start in the present state.
  var start: StepResult { result(of: Outcome(reward: 0)) }

  /// Takes a step with a random action.
  mutating func step() -> StepResult {
    let action = environment.sampleAction(in: state, using: &actionGenerator)
    var outcome = environment.step(&state, action: action.span, using: &generator)
    steps += 1
    outcome.applyTimeLimit(environment.timeLimit, after: steps)
    ending = outcome.ending
    return result(of: outcome)
  }

  /// Plays on to a number of steps, or to an end that comes earlier.
  mutating func play(to count: Int) {
    while steps < count, ending == .none { _ = step() }
  }

  /// Plays on, as long as a transcript goes, up to the first difference from it.
  mutating func difference(from transcript: EpisodeTranscript) -> ResultDifference? {
    // Where nothing was stepped yet the state is compared too, by its observation.
    var expected = transcript.results[steps]
    expected.reward = 0
    expected.ending = .none
    if let difference = expected.difference(from: start) { return difference }
    while steps + 1 < transcript.results.count {
      if let difference = nextDifference(from: transcript) { return difference }
    }
    return nil
  }

  /// Takes a step, if the transcript has one more, and compares.
  mutating func nextDifference(from transcript: EpisodeTranscript) -> ResultDifference? {
    guard steps + 1 < transcript.results.count else { return nil }
    // An episode that has ended earlier this time differs already.
    let result = step()
    return transcript.results[steps].difference(from: result)
  }

  /// Observes the present state into numbers of which those that are not written can be recognised.
  private func result(of outcome: Outcome) -> StepResult {
    var observation = [Float](repeating: unwritten, count: environment.observationSpace.count)
    var span = observation.mutableSpan
    environment.observe(state, into: &span)
    return StepResult(observation: observation, reward: outcome.reward, ending: outcome.ending)
  }
}
