import ArgumentParser
import Experiments
import Foundation

/// The command without a subcommand: its help lists the subcommands.
struct RootCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: program,
      abstract: "Proximal Policy Optimization with balanced losses.",
      discussion: """
        Example:
          \(program) train --env \(exampleEnvironment)
          \(program) evaluate \(exampleRun)
          \(program) record \(exampleRun) -o rollout.svg
        """,
      version: "0.1.0",
      subcommands: [
        Train.self, Evaluate.self, Export.self, Watch.self, Record.self, Compare.self, Tune.self,
        Plot.self,
        Environments.self, Check.self, Balancers.self, Benchmark.self,
      ])
  }

  /// Runs the command that is named, and ends the process.
  static func run(_ arguments: CommandArguments) -> Never {
    if let option = arguments.repeatedOption {
      exit(withError: usage("\(option) is given twice; give it once."))
    }
    do {
      var command = try parsed(arguments)
      try command.run()
      SharedProcess.leave(.success)
    } catch let end as SharedEnd {
      SharedProcess.leave(end.code)
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
    if !message.isEmpty, !SharedProcess.isSilent {
      let lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      printLines(lines, toErrors: !code.isSuccess)
    }
    if code.isSuccess { exit(withError: code) }
    SharedProcess.fail(code)
  }
}
