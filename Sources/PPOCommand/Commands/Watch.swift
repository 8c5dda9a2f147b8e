import ArgumentParser
import EnvironmentKit
import Experiments
import PolicyOptimization
import RolloutViewer

struct Watch: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: "Watch a trained policy in a window, or play yourself.",
      discussion: """
        Keys: space pauses, . steps once, + and - change the speed, r begins a new episode, d changes \
        between most probable and drawn actions, n shows the next environment, g sixteen at once, \
        h all keys, q quits.

        The window needs SDL2 and the trait Viewer; '\(program) record' needs neither.

        Examples:
          swift run -c release --traits Viewer --scratch-path .build-viewer \(program) watch RUN
          \(program) watch --human --env \(exampleEnvironment)
        """)
  }

  @Argument(help: ArgumentHelp("Folder of a run, or a checkpoint file.", valueName: "run"))
  var path: String?
  @Flag(help: "Act yourself, with arrows or digits, where actions are choices.") var human = false
  @Option(help: "Environment to play in; see '\(program) environments'.") var env: String?
  @Flag(help: "Use the run's best checkpoint instead of its latest.") var best = false
  @Option(parsing: .unconditional, help: "Seed of the episodes.", transform: PPOCommand.seed)
  var seed: UInt64 = 1
  @Flag(help: "Begin with drawn actions instead of the most probable.") var stochastic = false
  @OptionGroup(title: "Environments of Gymnasium") var choice: EnvironmentChoice

  func run() throws {
    try reportingFailure {
      switch (path, human, env) {
      case (let path?, false, nil):
        try replay(Checkpoint(contentsOf: checkpointFile(at: path, best: best)))
      case (nil, true, let env?): try play(choice.environment(named: env))
      default:
        throw usage(
          "Give either the folder of a run, or --human with --env; see '\(program) watch --help'.")
      }
    }
  }

  private func replay(_ checkpoint: Checkpoint) throws {
    try replay(
      checkpoint,
      in: choice.environment(
        named: checkpoint.environment, stored: checkpoint.environmentOptions))
  }

  private func replay(_ checkpoint: Checkpoint, in environment: any BatchableEnvironment) throws {
    let player = try PolicyPlayer(checkpoint.policy(for: environment), in: environment)
    try show(
      ViewerContent(of: environment, by: player, seed: seed, isDeterministic: !stochastic))
  }

  private func play(_ environment: any BatchableEnvironment) throws {
    guard case .discrete(let count) = environment.actionSpace else {
      let names = Program.current.environments.environments.filter { $0.hasChoices }.map(\.name)
      throw usage(
        """
        The actions of \(environment.name) are not one of several choices, which keys could stand \
        for; those of \(names.joined(separator: ", ")) are.
        """)
    }
    try show(ViewerContent(of: environment, by: KeyboardAgent(choices: count), seed: seed))
  }

  private func show(_ show: ViewerContent) throws {
    let window = try ViewerWindow(title: "\(show.title) – ppo")
    let interruption = Interruption()
    try window.run(show, until: { interruption.isRequested })
    if interruption.isRequested { throw ExitCode(130) }
  }
}

extension BatchableEnvironment {
  fileprivate var hasChoices: Bool {
    if case .discrete = actionSpace { true } else { false }
  }
}
