import Foundation

/// What standard error is connected to.
package struct Terminal: Sendable {
  /// Whether lines can be redrawn in place: a terminal that is not a dumb one.
  package let isLiving: Bool
  /// Whether colours are wanted.
  package let usesColors: Bool
  /// Whether more than ASCII can be shown.
  package let usesBlocks: Bool

  /// Asks the system.
  package static var standardError: Terminal {
    Terminal(
      isTerminal: isatty(STDERR_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
  }

  /// Decides by the environment's variables: `TERM`, `NO_COLOR` and those of the language.
  init(isTerminal: Bool, environment: [String: String]) {
    let kind = environment["TERM"] ?? ""
    isLiving = isTerminal && kind != "dumb" && !kind.isEmpty
    usesColors = isLiving && (environment["NO_COLOR"] ?? "").isEmpty
    let language = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
      .first { !$0.isEmpty }
    let encoding = language?.uppercased() ?? ""
    usesBlocks = encoding.contains("UTF-8") || encoding.contains("UTF8")
  }

  /// How many places a line has now; it changes when the window does.
  static var width: Int {
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }
}
