import EnvironmentKit

/// Episodes of an environment that are watched: the running one, and what came of it so far.
///
/// They are those of an evaluation with the same seed.
struct WatchedEpisode<Base: Environment> {
  private var runner: EpisodeRunner<Base>
  private(set) var returns: [Double] = []
  private(set) var values: [Double] = []
  private(set) var decision: Decision?

  init(of environment: Base, index: Int, seed: UInt64) {
    runner = EpisodeRunner(of: environment, index: index, seed: seed)
  }

  /// What is observed now.
  var observation: [Float] { runner.observation }
  /// What is known besides the observation.
  var situation: Situation { runner.situation }
  /// The random numbers that the next action is drawn with.
  var draw: ActionDraw { runner.draw }
  /// Whether the episode has ended, and how.
  var ending: Ending { runner.ending }

  /// Begins another episode.
  mutating func begin() {
    runner.begin()
    (returns, values, decision) = ([], [], nil)
  }

  /// Takes a step.
  ///
  /// - Precondition: The episode has not ended.
  mutating func take(_ decision: Decision) {
    runner.step(decision.action.span)
    self.decision = decision
    returns.append(runner.episodeReturn)
    if let value = decision.value { values.append(Double(value)) }
  }

  /// What is to be seen.
  var view: EpisodeView {
    var view = momentaryView
    (view.returns, view.values) = (returns, values)
    return view
  }

  /// The same without the curves: a copy of them for each step would grow with the square of the
  /// steps.
  var momentaryView: EpisodeView {
    EpisodeView(
      scene: runner.environment.visibleScene(of: runner.state, observation: observation),
      number: runner.number, step: runner.length, timeLimit: runner.environment.timeLimit,
      returns: [], values: [], decision: decision, ending: ending)
  }
}

extension Environment {
  /// The environment's picture of a state, or the observation as bars if it gives none.
  fileprivate func visibleScene(of state: State, observation: [Float]) -> Scene {
    let scene = scene(of: state)
    return scene.shapes.isEmpty ? Scene(bars: observation, within: observationSpace) : scene
  }
}
