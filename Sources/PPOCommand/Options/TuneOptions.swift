import ArgumentParser
import Experiments

/// What `ppo tune` is asked for besides hyperparameters.
struct TuneOptions: ParsableArguments {
  @Option(help: "Environment; see '\(program) environments'.") var env: String
  @Option(help: "Preset to start from; the first by default; see '\(program) environments'.")
  var preset: String?
  @Flag(help: "Start from the defaults of all hyperparameters instead of a preset.")
  var fromDefaults = false
  @Option(
    parsing: .unconditional,
    help: "Trials before the confirmation. (default: 200 without --budget-seconds)",
    transform: count)
  var trials: Int?
  @Option(
    parsing: .unconditional, help: "Seconds of the whole search, with the confirmation.",
    transform: number)
  var budgetSeconds: Double?
  @Option(help: "Hyperparameters to search, separated by commas. (default: all with a range)")
  var search: String?
  @Option(help: "JSON file with the ranges of hyperparameters.") var space: String?
  @Option(
    parsing: .unconditional,
    help: "Seeds of the best candidates, and new ones for the confirmation.", transform: count)
  var seeds = 8
  @Option(
    help: ArgumentHelp(
      "Objective: \(TuningObjective.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var objective = "return"
  @Option(help: "Proposal of candidates: halving, or optuna in the Python of --python.")
  var sampler = "halving"
  @Option(help: "Sampler of Optuna: \(OptunaSampler.samplers.joined(separator: ", ")).")
  var optunaSampler: String?
  @Option(help: ArgumentHelp("Storage of Optuna, such as sqlite:///study.db.", valueName: "url"))
  var storage: String?
  @Option(
    parsing: .unconditional, help: "Number of trials at the same time.", transform: count)
  var jobs: Int?
  @Option(
    parsing: .unconditional, help: "Episodes of the evaluation at the end of a trial.",
    transform: count)
  var episodes = 20
  @Flag(inversion: .prefixedNo, help: "Stop trials that are below the median of others.")
  var stopEarly = true
  @Option(
    parsing: .unconditional, help: "Seed of the search. (default: 1)", transform: PPOCommand.seed)
  var seed: UInt64?
  @Option(help: "Folder for the search; tunings/ENVIRONMENT if not given.") var output: String?
  @Flag(help: "Show no progress.") var quiet = false
  @Flag(help: "Print one JSON object on standard output.") var json = false
}
