import ArgumentParser
import EnvironmentKit

/// Words on the command line of a command that takes only options: refused, with what was probably
/// meant.
struct StrayArguments: ParsableArguments {
  @Argument(help: .hidden) var words: [String] = []

  /// Refuses them.
  ///
  /// Only when a command runs: the parser then has told already of an option that is unknown, whose
  /// value would be such a word, too.
  func refuse() throws {
    guard let word = words.first else { return }
    let known = Program.current.environments
    let isEnvironment =
      known.source(of: word) != nil || (try? known.environment(named: word)) != nil
    throw usage(
      isEnvironment
        ? "'\(word)' stands alone; name the environment with --env: --env \(word)."
        : "'\(word)' is not expected here; every value follows the name of its option.")
  }
}
