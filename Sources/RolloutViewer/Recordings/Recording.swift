import Drawing
import EnvironmentKit
import Requirements

/// Episodes that were played to be looked at later.
///
///     let recording = Recording(of: environment, by: agent, seed: 1)
///     try Data(recording.animatedSVG().utf8).write(to: url)
public struct Recording: Sendable {
  /// The name of the environment.
  public let title: String
  /// What can be done in it.
  public let actionSpace: ActionSpace
  /// What the actions are called; empty where numbers do.
  public let actionNames: [String]
  /// How many steps a second look natural.
  public let stepsPerSecond: Double
  /// The episodes, each with what was to be seen before its first step and after every step.
  public let episodes: [[EpisodeView]]

  private let seed: UInt64
  private let subtitle: String

  /// Plays episodes; they are those of an evaluation with the same seed.
  ///
  /// - Parameters:
  ///   - environment: The environment.
  ///   - agent: Who acts.
  ///   - count: How many episodes, at least 1.
  ///   - seed: The seed of the environment and of drawn actions.
  ///   - isStochastic: Whether actions are drawn, instead of the most probable taken.
  ///   - stepLimit: After how many steps an episode is left, if it has not ended before.
  ///   - shouldStop: Asked before every step whether to give up.
  /// - Throws: If the environment cannot be made, or fails; ``ViewerError/stopped`` if `shouldStop` said
  ///   so.
  public init(
    of environment: any BatchableEnvironment, by agent: any Agent, episodes count: Int = 1,
    seed: UInt64, isStochastic: Bool = false, stepLimit: Int = 10_000,
    until shouldStop: () -> Bool = { false }
  ) throws {
    require(count > 0, "A recording needs at least 1 episode, not \(count).")
    require(stepLimit > 0, "A recording needs at least 1 step, not \(stepLimit).")
    title = environment.name
    self.seed = seed
    actionSpace = environment.actionSpace
    actionNames = environment.actionNames
    stepsPerSecond = environment.stepsPerSecond
    subtitle = isStochastic ? "drawn actions" : "most probable actions"
    let runner = try EpisodeRunner(of: environment, numbers: 0..<count, seed: seed)
    episodes = try (0..<count).map {
      try Self.episode(
        $0, of: runner, agent, isStochastic: isStochastic, stepLimit: stepLimit,
        until: shouldStop)
    }
  }

  private static func episode(
    _ row: Int, of runner: EpisodeRunner, _ agent: any Agent, isStochastic: Bool, stepLimit: Int,
    until shouldStop: () -> Bool
  ) throws -> [EpisodeView] {
    var episode = WatchedEpisode()
    // The curves are those of the whole episode, known at its end.
    var view: EpisodeView {
      episode.momentaryView(runner.visibleScene(of: row), timeLimit: runner.environment.timeLimit)
    }
    var views = [view]
    while episode.ending == .none && views.count <= stepLimit {
      if shouldStop() { throw ViewerError.stopped }
      episode.add(try runner.step([row], by: agent, isStochastic: isStochastic)[0])
      views.append(view)
    }
    // Every view shows the curves of the whole episode.
    for index in views.indices {
      views[index].number = row + 1
      views[index].returns = episode.returns
      views[index].values = episode.values
      views[index].isForeseen = true
    }
    return views
  }

  /// The return of each episode.
  public var returns: [Double] { episodes.map { $0.last?.earned ?? 0 } }

  /// The number of steps of all episodes.
  public var stepCount: Int { episodes.reduce(0) { $0 + $1.count - 1 } }

  /// The pictures of the recording, evenly spaced in time.
  ///
  /// Of each episode the first and the last are among them, and the last stays for half a second.
  ///
  /// - Parameters:
  ///   - size: Width and height in points.
  ///   - framesPerSecond: How many pictures a second at most.
  /// - Returns: The pictures.
  public func pictures(size: PicturePoint, framesPerSecond: Double) -> RecordedPictures {
    let stride = Int(
      stepsPerSecond / framesPerSecond, within: 1...Int(Int32.max), rounded: .up)
    let perSecond = stepsPerSecond / Double(stride)
    let rest = Int(perSecond / 2, within: 0...10_000)
    let frames = episodes.enumerated().flatMap { episode, views in
      let last = views.count - 1
      let shown =
        Array(Swift.stride(from: 0, to: last, by: stride))
        + [Int](repeating: last, count: 1 + rest)
      return shown.map { (episode: episode, view: $0) }
    }
    return RecordedPictures(of: self, size: size, perSecond: perSecond, frames: frames)
  }

  func picture(of view: EpisodeView, size: PicturePoint) -> Picture {
    ViewerFrame(
      title: title, subtitle: subtitle, actionSpace: actionSpace, actionNames: actionNames,
      episodes: [view], selected: 0,
      footnote: "seed \(seed)", showsHelp: false
    ).picture(size: size)
  }
}
