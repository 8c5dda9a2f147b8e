import EnvironmentKit
import Foundation
import PolicyOptimization

extension RunFolder {
  /// What the folder says was trained, after it was compared with what is.
  ///
  /// How long the run is and whether it stops when the task is solved may be changed when it goes on,
  /// and only the trainer knows that its network is not the one that the hyperparameters describe:
  /// these are written down.
  ///
  /// - Parameters:
  ///   - trainer: What is trained in the folder.
  ///   - lock: The lock of the folder.
  /// - Returns: The content of `config.json`.
  /// - Throws: ``RunFolderError`` in a sentence that names what differs, and ``ConfigurationError`` if
  ///   there is no usable `config.json`.
  func configuration(
    of trainer: Trainer, _ lock: RunLock
  ) throws -> RunConfiguration {
    let filed = try RunConfiguration(contentsOf: configuration)
    var trained = filed
    trained.hyperparameters.totalTimesteps = trainer.hyperparameters.totalTimesteps
    trained.hyperparameters.stopsWhenSolved = trainer.hyperparameters.stopsWhenSolved
    if filed.network == nil { trained.network = trainer.ownNetwork }
    try check("env", trained.environment, trainer.environment.name)
    try check("seed", "\(trained.seed)", "\(trainer.seed)")
    try check(
      "network", trained.network ?? HyperparameterValue.noneWord,
      trainer.ownNetwork ?? HyperparameterValue.noneWord)
    for description in Hyperparameters.descriptions {
      try check(
        description.name, description.value(in: trained.hyperparameters).description,
        description.value(in: trainer.hyperparameters).description)
    }
    if trained != filed { try trained.write(to: self, lock) }
    return trained
  }

  private func check(_ name: String, _ filed: String, _ trained: String) throws {
    if filed == trained { return }
    throw RunFolderError(
      description: """
        \(configuration.relativePath) says \(name) \(filed), but what is trained has \(trained); make \
        the folder with the configuration of the trainer.
        """)
  }
}
