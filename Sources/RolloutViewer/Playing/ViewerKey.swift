/// A key that was pressed.
public enum ViewerKey: Sendable, Hashable {
  /// A key with a letter, a digit or a sign, as it is without shift.
  case character(Character)
  /// The arrow to the left.
  case left
  /// The arrow to the right.
  case right
  /// The key that leaves.
  case escape
  /// The key that jumps.
  case tab
}

/// What can be asked of the viewer.
enum ViewerCommand: CaseIterable {
  case pause
  case singleStep
  case faster
  case slower
  case restart
  case changeMode
  case nextEnvironment
  case grid
  case help
  case quit
}

/// The keys of a command.
struct KeyBinding {
  let command: ViewerCommand
  let pressed: [ViewerKey]
  /// The keys as people call them.
  let keys: String
  let meaning: String

  /// All commands, in the order in which they are explained.
  static let all = [
    KeyBinding(
      command: .pause, pressed: [.character(" ")], keys: "space", meaning: "pause, go on"),
    KeyBinding(
      command: .singleStep, pressed: [.character(".")], keys: ".", meaning: "a single step"),
    KeyBinding(
      command: .faster, pressed: [.character("+"), .character("=")], keys: "+",
      meaning: "twice as fast"),
    KeyBinding(
      command: .slower, pressed: [.character("-")], keys: "−", meaning: "half as fast"),
    KeyBinding(
      command: .restart, pressed: [.character("r")], keys: "r", meaning: "a new episode"),
    KeyBinding(
      command: .changeMode, pressed: [.character("d")], keys: "d",
      meaning: "most probable or drawn actions"),
    KeyBinding(
      command: .nextEnvironment, pressed: [.character("n"), .tab], keys: "n, tab",
      meaning: "the next environment"),
    KeyBinding(
      command: .grid, pressed: [.character("g")], keys: "g", meaning: "16 at once, or one"),
    KeyBinding(
      command: .help, pressed: [.character("h"), .character("?")], keys: "h",
      meaning: "show or hide this"),
    KeyBinding(
      command: .quit, pressed: [.character("q"), .escape], keys: "q, esc", meaning: "quit"),
  ]

  /// The command of a key, `nil` if it has none.
  static func command(of key: ViewerKey) -> ViewerCommand? {
    all.first { $0.pressed.contains(key) }?.command
  }
}
