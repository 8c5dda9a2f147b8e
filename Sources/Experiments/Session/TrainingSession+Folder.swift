import EnvironmentKit
import Foundation
import LossBalancing
import PolicyOptimization

extension TrainingSession {
  /// Begins a run in a folder, or goes on where it stopped: makes the folder with its configuration,
  /// the lock and the trainer.
  ///
  ///     let session = try TrainingSession(of: Corridor(), hyperparameters, in: url, resumes: true)
  ///     let summary = try session.run()
  ///     let policy = session.trainer.policy
  ///
  /// - Parameters:
  ///   - environment: The environment.
  ///   - hyperparameters: How to train. Those of a run that goes on may differ in how long the run is
  ///     and whether it stops when the task is solved.
  ///   - seed: The seed of all randomness.
  ///   - url: The folder of the run.
  ///   - resumes: Whether to go on where a run in that folder stopped. Where there is none it begins.
  ///   - threads: How many threads to use; the result does not depend on it.
  ///   - network: A network in place of the one that the hyperparameters describe.
  ///   - auxiliaryLosses: Losses beside those of PPO.
  ///   - balancers: Where the name of the balancer is looked up.
  ///   - showsProgress: Whether to print on standard error how far the run has come.
  ///   - writesTensorBoard: Whether to write a file for TensorBoard.
  /// - Throws: ``RunFolderError`` if the folder is taken, locked or damaged, ``ConfigurationError`` if
  ///   it holds another run, and as `Trainer` does.
  public convenience init(
    of environment: any BatchableEnvironment, _ hyperparameters: Hyperparameters, seed: UInt64 = 1,
    in url: URL, resumes: Bool = false, threads: Int = WorkerPool.machineThreads,
    network: (any PolicyNetwork)? = nil, auxiliaryLosses: [AuxiliaryLoss] = [],
    balancers: BalancerRegistry = .standard, showsProgress: Bool = false,
    writesTensorBoard: Bool = true
  ) throws {
    let folder = RunFolder(existing: url)
    let trainer: Trainer
    let lock: RunLock
    if resumes, FileManager.default.fileExists(atPath: folder.configuration.path) {
      lock = try RunLock(folder)
      let run = try StoppedRun(in: folder, environment: environment.name)
      let wanted = try run.configuration(with: hyperparameters, seed: seed)
      trainer = try run.trainer(
        in: environment, wanted, threads: threads, network: network,
        auxiliaryLosses: auxiliaryLosses, balancers: balancers)
      if !trainer.isFinished { try run.store(wanted, trainer, lock) }
    } else {
      // The trainer first: what cannot be trained leaves no folder.
      trainer = try Trainer(
        environment, hyperparameters, seed: seed, threads: threads, network: network,
        auxiliaryLosses: auxiliaryLosses, balancers: balancers)
      let configuration = RunConfiguration(
        environment: environment.name, seed: seed, hyperparameters: hyperparameters,
        environmentOptions: environment.options, versions: environment.versions)
      lock = try RunLock(RunFolder(creating: url, for: configuration))
    }
    try self.init(
      trainer, in: folder, lock: lock, showsProgress: showsProgress,
      writesTensorBoard: writesTensorBoard)
  }
}
