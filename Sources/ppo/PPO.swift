import ArgumentParser
import Foundation
import RunRecords
import TensorCore

@main
struct PPO: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ppo",
    abstract: "Proximal Policy Optimization with balanced losses.",
    discussion: """
      Example:
        ppo train --env cartpole
        ppo evaluate runs/CartPole-v1-seed-1
        ppo record runs/CartPole-v1-seed-1 -o rollout.svg
      """,
    version: "0.1.0",
    subcommands: [
      Train.self, Evaluate.self, Watch.self, Record.self, Compare.self, Plot.self,
      Environments.self, Balancers.self,
      Benchmark.self,
    ])

  static func main() {
    ProcessAge.begin()
    openStandardStreams()
    // A file that becomes too large is an error of writing, and no reason to end without a sentence.
    signal(SIGXFSZ, SIG_IGN)
    if let level = KernelLevel.refused {
      let known = KernelLevel.available.joined(separator: ", ")
      exit(withError: usage("PPO_KERNELS is '\(level)'; this processor has \(known)."))
    }
    run(CommandArguments(words: Array(CommandLine.arguments.dropFirst())))
  }

  private static func run(_ arguments: CommandArguments) {
    if let option = arguments.repeatedOption {
      exit(withError: usage("\(option) is given twice; give it once."))
    }
    do {
      var command = try parsed(arguments)
      try command.run()
    } catch {
      end(with: error, of: arguments.words)
    }
  }

  /// The command that is called, with its options.
  ///
  /// - Throws: What is wrong with them; the right name for one of another toolkit.
  private static func parsed(_ arguments: CommandArguments) throws -> any ParsableCommand {
    do {
      return try parseAsRoot(arguments.words)
    } catch {
      guard let hint = arguments.hint(about: message(for: error)) else { throw error }
      throw usage(hint)
    }
  }

  /// Prints what the parser says, in which the words of the command line stand as they were given,
  /// through the one place that prints.
  private static func end(with error: any Error, of words: [String]) -> Never {
    var message = fullMessage(for: error)
    // A word of several lines is no reason for several lines.
    for word in words where shown(word) != word {
      message = message.replacing(word, with: shown(word))
      // The parser names an option without its value.
      let name = String(word.prefix { $0 != "=" })
      message = message.replacing(name, with: shown(name))
    }
    let code = exitCode(for: error)
    if !message.isEmpty {
      let lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      printLines(lines, toErrors: !code.isSuccess)
    }
    exit(withError: code)
  }

  /// Opens what was closed of input, output and errors on nothing: else the next file that is opened
  /// would get what is meant for them.
  private static func openStandardStreams() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", O_RDWR)
    }
  }
}
