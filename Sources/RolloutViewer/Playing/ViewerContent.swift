import EnvironmentKit

/// All that a window shows and does, apart from the window: keys and times go in, pictures come out.
public final class ViewerContent {
  /// The choices made with the keys.
  public private(set) var state: ViewerState
  /// The training that is watched, `nil` if there is none.
  public var training: TrainingView? {
    didSet { hasChanged = hasChanged || training != oldValue }
  }

  /// The name of the environment.
  public let title: String
  private let watched: WatchedEnvironments
  private let keyboard: KeyboardAgent?
  private(set) var hasChanged = true
  private var time = 0.0
  private var panel: (marks: [Mark], size: PicturePoint, time: Double)?

  /// While training the panel is drawn this often at most: more is not readable, and it costs more
  /// than the scene.
  private static let panelsPerSecond = 4.0

  /// Sixteen environments in which an agent acts.
  ///
  /// - Parameters:
  ///   - environment: The environment.
  ///   - agent: Who acts; a ``KeyboardAgent`` gets the keys that choose actions.
  ///   - seed: The seed of the environments and of drawn actions.
  ///   - isDeterministic: Whether at first the most probable actions are taken.
  /// - Throws: If the environments cannot be made.
  public init(
    of environment: any BatchableEnvironment, by agent: any Agent, seed: UInt64,
    isDeterministic: Bool = true
  ) throws {
    let count = agent is KeyboardAgent ? 1 : 16
    title = environment.name
    keyboard = agent as? KeyboardAgent
    watched = try WatchedEnvironments(environment, count: count, agent: agent, seed: seed)
    state = ViewerState(
      environmentCount: count, stepsPerSecond: environment.stepsPerSecond,
      isDeterministic: isDeterministic)
  }

  /// Takes note of a key.
  public func press(_ key: ViewerKey, isDown: Bool = true) {
    if keyboard?.press(key, isDown: isDown) ?? false { return }
    if isDown && state.press(key) { hasChanged = true }
  }

  /// Takes the steps that are due.
  ///
  /// - Parameter time: The time in seconds.
  /// - Throws: If an environment fails.
  public func proceed(to time: Double) throws {
    self.time = time
    if state.takeRestart() {
      try watched.restart(state.visible)
      hasChanged = true
    }
    for _ in 0..<state.stepsDue(at: time) {
      try watched.advance(state.visible, isDeterministic: state.isDeterministic)
      hasChanged = true
    }
  }

  /// The picture of the present moment, if it is not the one that was given out last.
  ///
  /// - Parameter size: Width and height in points.
  /// - Returns: The picture, or `nil` if nothing has changed.
  public func picture(size: PicturePoint) -> Picture? {
    guard hasChanged else { return nil }
    hasChanged = false
    let picture = frame.picture(size: size, panel: earlierPanel(of: size))
    if picture.layers[0] != panel?.marks { panel = (picture.layers[0], size, time) }
    return picture
  }

  /// The panel that was drawn last, if it is to stay.
  private func earlierPanel(of size: PicturePoint) -> [Mark]? {
    guard let panel, training != nil, !state.isPaused, panel.size == size,
      time - panel.time < 1 / Self.panelsPerSecond
    else { return nil }
    return panel.marks
  }

  /// Makes the next picture be given out even if nothing has changed, as after a change of size.
  public func invalidate() { hasChanged = true }

  private var frame: ViewerFrame {
    ViewerFrame(
      title: title, subtitle: subtitle, actionSpace: watched.environment.actionSpace,
      actionNames: watched.environment.actionNames,
      episodes: watched.views(state.visible), selected: state.showsGrid ? state.selected : 0,
      training: training, footnote: footnote, showsHelp: state.showsHelp)
  }

  private var subtitle: String {
    if keyboard != nil { return "you act, with arrows or digits" }
    return state.isDeterministic ? "most probable actions" : "drawn actions"
  }

  private var footnote: String {
    let factor = state.doublings < 0 ? "1/\(1 << -state.doublings)" : "\(1 << state.doublings)"
    return (state.isPaused ? "paused" : "speed ×\(factor)") + " · h for help"
  }
}
