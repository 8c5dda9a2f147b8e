import ArgumentParser
import EnvironmentKit
import Foundation
import GymnasiumEnvironments
import PolicyOptimization

/// Trains on images: MinAtar's games, Atari's Pong, and an image with a number beside it.
struct ImagesStudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "images",
    abstract: "What policies that look at images learn in MinAtar, Pong and a dictionary of parts.",
    discussion: """
      Each task is a folder of the output with a checkpoint, and a table with a line for every update. The \
      same command goes on where it was stopped. The Python needs gymnasium, minatar, ale-py and \
      opencv-python-headless, and Benchmarks/Images in PYTHONPATH.

        PYTHONPATH=Images swift run -c release studies images --tasks breakout --minutes 20
      """)

  @Option(help: "The folder that tables and checkpoints are written to; it is made.")
  var output = "results/images"
  @Option(help: "Threads of a run.") var threads = 1
  @Option(help: "The seed.") var seed: UInt64 = 1
  @Option(help: "Tasks, with commas.")
  var tasks = ImageTask.all.map(\.name).joined(separator: ",")
  @Option(help: "Steps of each task, instead of its own.") var totalTimesteps: Int?
  @Option(help: "Minutes after which a task is left where it stands, to be gone on with later.")
  var minutes: Double?
  @Option(help: "The Python.") var python: String?

  func run() throws {
    for name in tasks.split(separator: ",") {
      guard let task = ImageTask.all.first(where: { $0.name == name }) else {
        throw ValidationError(
          "There is no task '\(name)'; there are \(ImageTask.all.map(\.name).joined(separator: ", "))."
        )
      }
      try run(task)
    }
  }

  private func run(_ task: ImageTask) throws {
    let folder = URL(fileURLWithPath: output).appendingPathComponent("\(task.name)-\(seed)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent("checkpoint.safetensors")
    let trainer = try trainer(of: task, from: file)
    let curve = folder.appendingPathComponent("curve.csv")
    if !FileManager.default.fileExists(atPath: curve.path) {
      try Data("steps,mean return of the last 100 episodes\n".utf8).write(to: curve)
    }
    let clock = ContinuousClock()
    let start = clock.now
    var stored = clock.now
    let first = trainer.timestep
    while !trainer.isFinished {
      var isDone = false
      // Update by update, so that what is stored is whole.
      try trainer.train(
        listener: { event in if case .iterationFinished = event { isDone = true } },
        until: { isDone })
      try append("\(trainer.timestep),\(trainer.meanReturn.map { "\($0)" } ?? "")\n", to: curve)
      let isOver = minutes.map { clock.now - start > .seconds(60 * $0) } ?? false
      if isOver || trainer.isFinished || clock.now - stored > .seconds(120) {
        try trainer.checkpoint.write(to: file)
        stored = clock.now
        if isOver { break }
      }
    }
    let seconds = (clock.now - start) / .seconds(1)
    let rate = Double(trainer.timestep - first) / max(seconds, 1e-9)
    print(
      """
      \(task.name), seed \(seed): mean return \(trainer.meanReturn.map { "\($0)" } ?? "unknown") after \
      \(trainer.timestep) steps; \(Int(rate)) steps/s\(task.reference.map { "; \($0)" } ?? "")
      """)
  }

  private func trainer(of task: ImageTask, from file: URL) throws -> Trainer {
    var settings = task.settings
    settings["python"] = python
    let name = task.environment.replacing("gym:", with: "", maxReplacements: 1)
    let environment = try GymnasiumSource().environment(
      named: name, options: EnvironmentOptions(settings: settings, threads: threads))
    if FileManager.default.fileExists(atPath: file.path) {
      return try Trainer(environment, resuming: Checkpoint(contentsOf: file), threads: threads)
    }
    var hyperparameters = task.hyperparameters
    if let totalTimesteps { hyperparameters.totalTimesteps = totalTimesteps }
    return try Trainer(environment, hyperparameters, seed: seed, threads: threads)
  }

  private func append(_ line: String, to file: URL) throws {
    let handle = try FileHandle(forWritingTo: file)
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(line.utf8))
  }
}
