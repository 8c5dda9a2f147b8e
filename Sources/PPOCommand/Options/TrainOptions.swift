import ArgumentParser
import Experiments
import PolicyOptimization

/// What `ppo train` is asked for besides hyperparameters.
struct TrainOptions: ParsableArguments {
  @Option(help: "Environment; see '\(program) environments'.") var env: String?
  @Option(help: "Preset of the environment, if not its first; see '\(program) environments'.")
  var preset: String?
  @Option(help: "JSON file with any of these options, such as the config.json of a run.")
  var config: String?
  @Option(help: ArgumentHelp("Folder of a run to continue.", valueName: "run"))
  var resume: String?
  @Option(
    parsing: .unconditional, help: "Seed of all randomness. (default: 1)",
    transform: PPOCommand.seed)
  var seed: UInt64?
  @Option(help: "Folder for the run; a new one under runs/ if not given.") var output: String?
  @Option(
    parsing: .unconditional, help: "Number of threads; the result does not depend on it.",
    transform: count)
  var threads: Int?
  @Option(
    parsing: .unconditional, help: "Pause after this many steps, to be resumed later.",
    transform: count)
  var pauseAt: Int?
  @Option(parsing: .unconditional, help: "Seconds between checkpoints.", transform: number)
  var checkpointSeconds = 10.0
  @Flag(help: "Find the operation that first computes a number that is not finite.")
  var detectAnomalies = false
  @Option(
    parsing: .unconditional,
    help: "Minibatches between measurements of the losses' gradients; 0 for never.",
    transform: count)
  var probeEvery = 50
  @Option(
    parsing: .unconditional,
    help: """
      Rows of progress.csv and events for TensorBoard at most, spread evenly over the run; 0 for one \
      for each update.
      """, transform: count)
  var records = RecordThinning.defaultCount
  @Flag(inversion: .prefixedNo, help: "Write a file for TensorBoard.") var tensorboard = true
  @Flag(help: "Open a window on the running training; see '\(program) watch'.") var watch = false
  @Flag(
    help: """
      Share each minibatch among the processes that an MPI launcher has started, and not the \
      environments alone; for large networks and minibatches.
      """)
  var splitUpdate = false
  @Option(
    parsing: .unconditional,
    help: "Seconds after which another process that does not answer counts as lost.",
    transform: number)
  var rankTimeout = SharedProcess.defaultSecondsToWait
  @Flag(help: "Show no progress.") var quiet = false
  @Flag(help: "Print one JSON object on standard output.") var json = false
}
