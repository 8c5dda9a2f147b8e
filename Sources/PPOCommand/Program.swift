import EnvironmentKit
import Foundation
import LossBalancing
import PolicyOptimization
import Synchronization

/// The program that a command runs in: its name, and what its command line knows by name.
struct Program: Sendable {
  /// The name that it was started by, for messages and examples.
  let name: String
  let environments: EnvironmentRegistry
  let presets: [Preset]
  let balancers: BalancerRegistry

  /// The presets of an environment; the first is the one that it is trained with by default.
  func presets(for environment: any BatchableEnvironment) -> [Preset] {
    let own = presets.filter { $0.environment == environment.name }
    guard own.isEmpty, let source = environments.source(of: environment.name) else { return own }
    // The same task in another implementation.
    let id = environment.name.dropFirst(source.scheme.count + 1)
    return presets.filter { $0.environment == id }
  }

  /// The program of this process.
  ///
  /// One value for the process and not a task's, since windows and comparisons read it on threads of
  /// their own.
  static var current: Program {
    get { running.withLock { $0 } }
    set { running.withLock { $0 = newValue } }
  }

  private static let running = Mutex(
    Program(
      name: "ppo", environments: EnvironmentRegistry([]), presets: [], balancers: .standard))
}

// MARK: For help and messages

/// The name of the program.
var program: String { Program.current.name }

/// An environment of the program, as it may be typed.
var exampleEnvironment: String {
  // Asked for at every start, by each subcommand: a regular expression would take a tenth of it.
  unversioned(Program.current.environments.names.first ?? "NAME").lowercased()
}

/// The folder of the first run in that environment.
var exampleRun: String {
  "runs/\(Program.current.environments.names.first ?? "NAME")-seed-1"
}
