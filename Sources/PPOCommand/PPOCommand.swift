import ArgumentParser
import EnvironmentKit
import Foundation
import LossBalancing
import PolicyOptimization
import TensorCore

/// Runs a command line with environments of your choice: every subcommand of `ppo`, under the name of
/// your program.
///
/// This is a whole program, in a file `main.swift` of an executable target that depends on the
/// product `PPOCommand`:
///
///     import PPOCommand
///
///     PPOCommand.main(environments: [Snake()])
///
/// Then `swift run -c release snake train --env snake` trains, and `evaluate`, `watch`, `record`,
/// `compare`, `plot` and `check` do what they do in `ppo`. The function reads the arguments of the
/// process and ends the process: with status 0 after success, 64 after a wrong request, 1 after a
/// failure and 130 after an interruption.
///
/// - Parameters:
///   - environments: The environments that `--env` finds by name.
///   - presets: Hyperparameters for environments by name. An environment without a preset is trained
///     with the defaults of `Hyperparameters`.
///   - balancers: The loss balancers that `--balancer` finds by name.
public func main(
  environments: [any BatchableEnvironment], presets: [Preset] = [],
  balancers: BalancerRegistry = .standard
) -> Never {
  main(
    environments: EnvironmentRegistry(environments), presets: presets, balancers: balancers)
}

/// Runs a command line with the environments of a registry, as the built-in ones with one more:
///
///     PPOCommand.main(environments: .builtIn.adding(Snake()), presets: Preset.builtIn)
///
/// - Parameters:
///   - environments: The environments that `--env` finds by name.
///   - presets: Hyperparameters for environments by name.
///   - balancers: The loss balancers that `--balancer` finds by name.
public func main(
  environments: EnvironmentRegistry, presets: [Preset] = [],
  balancers: BalancerRegistry = .standard
) -> Never {
  ProcessAge.begin()
  openStandardStreams()
  // A file that becomes too large is an error of writing, and no reason to end without a sentence.
  signal(SIGXFSZ, SIG_IGN)
  // Where it is ignored, as some programs leave it, nothing is learnt of how others end.
  signal(SIGCHLD, SIG_DFL)
  let words = CommandLine.arguments
  let name = words.first.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "ppo"
  Program.current = Program(
    name: name, environments: environments, presets: presets, balancers: balancers)
  if let level = KernelLevel.refused {
    let known = KernelLevel.available.joined(separator: ", ")
    RootCommand.exit(
      withError: usage("PPO_KERNELS is '\(level)'; this processor has \(known)."))
  }
  RootCommand.run(CommandArguments(words: Array(words.dropFirst())))
}

/// Opens what was closed of input, output and errors on nothing: else the next file that is opened
/// would get what is meant for them.
private func openStandardStreams() {
  for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
    _ = open("/dev/null", O_RDWR)
  }
}
