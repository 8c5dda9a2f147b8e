import Drawing

/// The choices made with the keys, and how many steps are due.
///
/// All of it is a function of keys and times, so it is tested without a window.
public struct ViewerState: Sendable, Hashable {
  /// How many environments there are.
  public let environmentCount: Int
  /// How many steps a second an environment takes at the ordinary speed.
  public let stepsPerSecond: Double

  /// Whether time stands still.
  public private(set) var isPaused = false
  /// How often the speed was doubled; negative where it was halved.
  public private(set) var doublings = 0
  /// Whether the most probable action is taken, instead of one that is drawn.
  public internal(set) var isDeterministic: Bool
  /// The environment that the panel is about.
  public private(set) var selected = 0
  /// Whether all environments are shown.
  public internal(set) var showsGrid = false
  /// Whether the keys are explained.
  public private(set) var showsHelp = false
  /// Whether the viewer is to close.
  public private(set) var isQuitting = false
  /// Whether new episodes are to begin; who begins them clears it.
  public private(set) var isRestarting = false

  private var singleSteps = 0
  // The part of a step that has passed, and up to when.
  private var passed = 0.0
  private var lastTime: Double?

  static let slowest = -5
  static let fastest = 5
  /// More steps are never due at once, so that a slow machine does not fall further behind.
  static let mostSteps = 256

  /// The state before any key.
  public init(environmentCount: Int, stepsPerSecond: Double, isDeterministic: Bool = true) {
    self.environmentCount = environmentCount
    self.stepsPerSecond = stepsPerSecond
    self.isDeterministic = isDeterministic
  }

  /// The environments that are shown and stepped.
  public var visible: Range<Int> {
    showsGrid ? 0..<environmentCount : selected..<selected + 1
  }

  /// How much faster than ordinarily.
  public var speed: Double {
    doublings >= 0 ? Double(1 << doublings) : 1 / Double(1 << -doublings)
  }

  /// Steps a second at the present speed.
  var rate: Double { stepsPerSecond * speed }

  /// Takes note of a key.
  ///
  /// - Parameter key: The key.
  /// - Returns: Whether the key means anything.
  @discardableResult
  public mutating func press(_ key: ViewerKey) -> Bool {
    guard let command = KeyBinding.command(of: key) else { return false }
    switch command {
    case .pause: isPaused.toggle()
    case .singleStep:
      isPaused = true
      singleSteps += 1
    case .faster: doublings = min(doublings + 1, Self.fastest)
    case .slower: doublings = max(doublings - 1, Self.slowest)
    case .restart: isRestarting = true
    case .changeMode: isDeterministic.toggle()
    case .nextEnvironment: selected = (selected + 1) % environmentCount
    case .grid: showsGrid.toggle()
    case .help: showsHelp.toggle()
    case .quit: isQuitting = true
    }
    return true
  }

  /// Whether new episodes are to begin now.
  mutating func takeRestart() -> Bool {
    defer { isRestarting = false }
    return isRestarting
  }

  /// How many steps are due.
  ///
  /// - Parameter time: The time in seconds, which never goes backwards.
  /// - Returns: The steps that passed since the last call, and single ones that were asked for.
  public mutating func stepsDue(at time: Double) -> Int {
    defer {
      lastTime = time
      singleSteps = 0
    }
    guard !isPaused, let lastTime else { return singleSteps }
    passed += (time - lastTime) * rate
    let whole = Int(passed, within: 0...Self.mostSteps, rounded: .down)
    passed = (passed - Double(whole)).bounded(by: 0...1)
    return whole + singleSteps
  }

  /// How long nothing is going to change, in seconds; `nil` if nothing does until a key is pressed.
  var rest: Double? { isPaused ? nil : max(0, (1 - passed) / rate) }
}
