import EnvironmentKit

/// The steps of the episode that is shown of one environment.
struct WatchedEpisode {
  private(set) var number = 1
  private(set) var returns: [Double] = []
  private(set) var values: [Double] = []
  private(set) var decision: Decision?
  private(set) var ending = Ending.none

  /// Forgets the episode, as the next one begins.
  mutating func begin() {
    number += 1
    (returns, values, decision, ending) = ([], [], nil, .none)
  }

  /// Adds a step.
  mutating func add(_ step: EpisodeRunner.Step) {
    decision = step.decision
    returns.append(step.episodeReturn ?? (returns.last ?? 0) + step.reward)
    if let value = step.decision.value { values.append(Double(value)) }
    ending = step.ending
  }

  /// What is shown of it.
  ///
  /// - Parameters:
  ///   - scene: The present state.
  ///   - timeLimit: The time limit of the environment.
  /// - Returns: The view.
  func view(_ scene: Scene, timeLimit: Int?) -> EpisodeView {
    var view = momentaryView(scene, timeLimit: timeLimit)
    (view.returns, view.values) = (returns, values)
    return view
  }

  /// The same without the curves: a copy of them for each step would grow with the square of the
  /// steps.
  func momentaryView(_ scene: Scene, timeLimit: Int?) -> EpisodeView {
    EpisodeView(
      scene: scene, number: number, step: returns.count, timeLimit: timeLimit, returns: [],
      values: [], decision: decision, ending: ending)
  }
}

extension EpisodeRunner {
  /// The drawing of a copy, or its observation as bars if the environment draws nothing.
  func visibleScene(of row: Int) -> Scene {
    let scene = scene(of: row)
    return scene.shapes.isEmpty
      ? Scene(bars: observation(of: row), within: environment.observationSpace) : scene
  }
}
