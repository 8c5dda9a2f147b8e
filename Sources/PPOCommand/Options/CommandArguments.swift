import ArgumentParser
import Foundation
import PolicyOptimization

/// The words after `ppo` on the command line, and the options of the command that they name.
struct CommandArguments {
  /// The arguments, the name of the command first.
  let words: [String]

  /// The option that is given twice, though it takes one value: the last would count, silently.
  var repeatedOption: String? {
    let given = words.filter { $0.hasPrefix("-") }.map(Self.name)
    // What options there are is asked only if one may be there twice, by its long and its short name
    // perhaps.
    guard Set(given).count < given.count || given.contains(where: { !$0.hasPrefix("--") }) else {
      return nil
    }
    let options = known.filter { $0.kind == "option" && !$0.isRepeating }
    var found: Set<[String]> = []
    var place = 0
    while place < words.count, words[place] != "--" {
      let name = Self.name(words[place])
      if let option = options.first(where: { $0.spellings.contains(name) }) {
        guard found.insert(option.spellings).inserted else { return name }
        // Its value may look like an option.
        if !words[place].contains("=") { place += 1 }
      }
      place += 1
    }
    return nil
  }

  /// A sentence about the option of another toolkit that is not understood.
  ///
  /// - Parameter message: What the parser says is wrong.
  /// - Returns: The sentence, `nil` if it is about something else.
  func hint(about message: String) -> String? {
    let names = Set(known.flatMap(\.spellings))
    for name in words.map(Self.name) where name.hasPrefix("-") && message.contains("'\(name)'") {
      let word = String(name.drop { $0 == "-" })
      if names.contains("--minibatch-size"), Self.minibatchCounts.contains(word) {
        return """
          \(name) is not known; give the rows of a minibatch with --minibatch-size, which are \
          --num-envs times --num-steps divided by the number of minibatches.
          """
      }
      let right =
        Self.environmentNames.contains(word)
        ? "env" : Hyperparameters.description(knownElsewhereAs: word)?.name
      if let right, !names.contains(name), names.contains("--\(right)") {
        return "\(name) is called --\(right) here."
      }
    }
    return nil
  }

  private static let environmentNames = ["environment", "env-id", "env-name", "e", "task"]
  private static let minibatchCounts = [
    "num-minibatches", "n-minibatches", "nminibatches", "num-mini-batch", "mini-batches",
  ]

  /// An argument without a value that is attached to it.
  private static func name(_ word: String) -> String { String(word.prefix { $0 != "=" }) }

  // MARK: What the command understands

  /// An option, a flag or a positional argument, as the parser describes it.
  private struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
    }
    let kind: String
    let isRepeating: Bool
    let names: [Name]?

    /// The names with their dashes.
    var spellings: [String] {
      (names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
    }
  }

  private struct Tool: Decodable {
    struct Command: Decodable { let arguments: [Argument]? }
    let command: Command
  }

  private var known: [Argument] {
    let command = RootCommand.configuration.subcommands.first { $0._commandName == words.first }
    guard let command,
      let tool = try? JSONDecoder().decode(Tool.self, from: Data(command._dumpHelp().utf8))
    else { return [] }
    return tool.command.arguments ?? []
  }
}
