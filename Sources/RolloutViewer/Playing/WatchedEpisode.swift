import EnvironmentKit
import RandomStreams

/// An environment that is watched: the episode that is running in it, and what came of it so far.
///
/// Unlike `VectorEnvironment` it stays at the end of an episode until the next one is begun, so that
/// the end can be seen. The episodes are those of an evaluation with the same seed.
struct WatchedEpisode<Base: Environment> {
  private let environment: Base
  private let index: Int
  private let seed: UInt64
  private var generator: RandomStream
  private var state: Base.State
  private var actionsChosen = 0

  private(set) var observation: [Float]
  private(set) var number = 1
  private(set) var returns: [Double] = []
  private(set) var values: [Double] = []
  private(set) var decision: Decision?
  private(set) var ending = Ending.none

  init(of environment: Base, index: Int, seed: UInt64) {
    self.environment = environment
    self.index = index
    self.seed = seed
    generator = RandomStream(seed: seed, purpose: .evaluationEnvironment, index: index)
    state = environment.initialState(using: &generator)
    observation = environment.observation(of: state)
  }

  /// The random numbers that the next action is drawn with.
  var draw: ActionDraw { ActionDraw(seed: seed, environment: index, step: actionsChosen) }

  /// What is known besides the observation.
  var situation: Situation {
    Situation(
      environment: index, isFirst: returns.isEmpty,
      validChoices: environment.hasActionMask ? environment.actionMask(of: state) : nil)
  }

  /// Begins another episode.
  mutating func begin() {
    state = environment.initialState(using: &generator)
    observation = environment.observation(of: state)
    number += 1
    (returns, values, decision, ending) = ([], [], nil, .none)
  }

  /// Takes a step.
  ///
  /// - Precondition: The episode has not ended.
  mutating func take(_ decision: Decision) {
    precondition(ending == .none, "Episode \(number) has ended; begin another one.")
    let outcome = environment.step(&state, action: decision.action.span, using: &generator)
    actionsChosen += 1
    self.decision = decision
    returns.append((returns.last ?? 0) + outcome.reward)
    if let value = decision.value { values.append(Double(value)) }
    observation = environment.observation(of: state)
    let isTimeUp = environment.timeLimit.map { returns.count >= $0 } ?? false
    ending = isTimeUp && outcome.ending == .none ? .truncated : outcome.ending
  }

  /// What is to be seen.
  var view: EpisodeView {
    EpisodeView(
      scene: environment.visibleScene(of: state, observation: observation), number: number,
      step: returns.count, timeLimit: environment.timeLimit, returns: returns, values: values,
      decision: decision, ending: ending)
  }
}

extension Environment {
  fileprivate func observation(of state: State) -> [Float] {
    [Float](unsafeUninitializedCapacity: observationSpace.count) { memory, count in
      memory.initialize(repeating: 0)
      var span = memory.mutableSpan
      observe(state, into: &span)
      count = memory.count
    }
  }

  /// The environment's picture of a state, or the observation as bars if it gives none.
  fileprivate func visibleScene(of state: State, observation: [Float]) -> Scene {
    let scene = scene(of: state)
    return scene.shapes.isEmpty ? Scene(bars: observation, within: observationSpace) : scene
  }
}
