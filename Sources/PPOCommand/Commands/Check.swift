import ArgumentParser
import EnvironmentKit
import Foundation

struct Check: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: "Check that an environment keeps its contract.",
      discussion: """
        Plays episodes with random actions: observations and rewards must be finite and within their \
        bounds, the same seed must give the same episodes, and a stored state must continue as the \
        original. Exits with 0 if nothing is found and with 1 otherwise.

        Example:
          \(program) check --env \(exampleEnvironment)
        """)
  }

  @Option(help: "Environment; see '\(program) environments'.") var env: String
  @Option(parsing: .unconditional, help: "Episodes to play.", transform: count) var episodes = 5
  @Option(
    parsing: .unconditional, help: "Steps after which an episode is abandoned.", transform: count)
  var stepLimit = 5_000
  @Option(
    parsing: .unconditional, help: "Seed of the episodes and actions.",
    transform: PPOCommand.seed)
  var seed: UInt64 = 1
  @Flag(help: "Print one JSON object on standard output.") var json = false
  @OptionGroup var stray: StrayArguments
  @OptionGroup(title: "Environments of Gymnasium") var choice: EnvironmentChoice

  func run() throws {
    try reportingFailure {
      try stray.refuse()
      guard 1...10_000 ~= episodes else {
        throw usage("--episodes is \(episodes); it must be from 1 to 10000.")
      }
      guard 1...1_000_000_000 ~= stepLimit else {
        throw usage("--step-limit is \(stepLimit); it must be from 1 to 1000000000.")
      }
      let environment = try choice.environment(named: env)
      var checker = EnvironmentChecker()
      (checker.episodes, checker.stepLimit, checker.seed) = (episodes, stepLimit, seed)
      try report(checker.findings(inAny: environment), in: environment.name)
    }
  }

  private func report(_ findings: [EnvironmentFinding], in environment: String) throws {
    let sentences = findings.map(\.description)
    if json {
      try printJSON(Report(environment: environment, findings: sentences))
    } else {
      try printResult(sentences.isEmpty ? ["\(environment): nothing found."] : sentences)
    }
    if !findings.isEmpty { throw ExitCode(1) }
  }

  private struct Report: Encodable {
    let environment: String
    let findings: [String]
  }
}
