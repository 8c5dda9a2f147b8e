import ArgumentParser
import EnvironmentKit
import Experiments
import Foundation
import PolicyOptimization
import RolloutViewer
import StoredFiles
import TensorCore

struct Benchmark: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: "Measure the training speed of this machine.",
      discussion: """
        Figures, each the median of several runs: the whole process \
        '\(program) train --env \(exampleEnvironment)', \
        training throughput in a larger setting, and the arithmetic of a layer. The last two are \
        also printed as shares of the peak of this processor, which is measured beside each run, \
        with the shares that other machines reach: a much smaller one means that other programs \
        are running, or that something is wrong.

        Example:
          \(program) benchmark --runs 5
        """)
  }

  @Option(help: "Environment; the program's first by default.") var env: String?
  @Option(parsing: .unconditional, help: "Runs of each measurement.") var runs = 5
  @Option(parsing: .unconditional, help: "Number of threads.") var threads: Int?
  @Flag(help: "Print one JSON object on standard output.") var json = false

  func run() throws {
    try reportingFailure {
      guard runs > 0 else { throw usage("--runs is \(runs); it must be at least 1.") }
      let threads = threads ?? WorkerPool.machineThreads
      guard threads > 0 else { throw usage("--threads is \(threads); it must be at least 1.") }
      let environment = try environment()
      let processes = try (0..<runs).map { _ in try secondsOfProcess(environment.name, threads) }
      let trainings = try (0..<runs).map { _ in
        (peak: PeakArithmetic.gigaflops(threads: threads), try throughput(environment, threads))
      }
      let layers = (0..<runs).map { _ in
        (peak: PeakArithmetic.gigaflops(threads: 1), gigaflops: layerGigaflops())
      }
      let figures = Figures(
        environment: environment.name, level: KernelLevel.active, threads: threads,
        presetSeconds: Spread(processes),
        peakGigaflops: Spread(trainings.map(\.peak)),
        stepsPerSecond: Spread(trainings.map(\.1.stepsPerSecond)),
        trainingShare: Spread(trainings.map { $0.1.gigaflops / $0.peak }),
        layerGigaflops: Spread(layers.map(\.gigaflops)),
        layerShare: Spread(layers.map { $0.gigaflops / $0.peak }))
      if json { try printJSON(figures) } else { try printResult(figures.lines) }
    }
  }

  private func environment() throws -> any BatchableEnvironment {
    let known = Program.current.environments
    if let env { return try known.environment(named: env) }
    guard let first = known.environments.first else {
      throw usage("This program has no environment to measure.")
    }
    return first
  }

  /// The whole process, from its start to its end.
  private func secondsOfProcess(_ environment: String, _ threads: Int) throws -> Double {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ppo-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try makeFolders(to: folder)
    let arguments = [
      "train", "--env", environment, "--threads", "\(threads)", "--quiet", "--json", "--output",
      folder.appendingPathComponent("run").path,
    ]
    guard let program = Bundle.main.executableURL else {
      throw failure("The file of this program is not known, so that it cannot be started again.")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let errors = folder.appendingPathComponent("errors")
    let ending = try ChildProcess(program, arguments, errors: errors).finish(until: { false })
    guard ending == .status(0) else {
      throw failure(
        "'\(program.lastPathComponent) train --env \(environment)' was started and failed: \(ending)."
      )
    }
    return (clock.now - start) / .seconds(1)
  }

  /// Steps a second, and billions of operations a second in matrix products, in the setting that other toolkits are compared in: 64 environments × 128
  /// steps, minibatches of 2048 rows, 4 epochs, separate networks of two layers of 64.
  private func throughput(
    _ environment: any BatchableEnvironment, _ threads: Int
  ) throws -> (stepsPerSecond: Double, gigaflops: Double) {
    var setting = Hyperparameters()
    setting.environmentCount = 64
    setting.stepsPerRollout = 128
    setting.minibatchSize = 2048
    setting.updateEpochs = 4
    setting.learningRate = 2.5e-4
    setting.normalizesReturns = false
    setting.totalTimesteps = 500_000
    let trainer = try Trainer(environment, setting, seed: 1, threads: threads)
    let clock = ContinuousClock()
    let start = clock.now
    try trainer.train()
    let rate = Double(trainer.timestep) / ((clock.now - start) / .seconds(1))
    let weights = trainer.layout.slices.filter { $0.shape.rank == 2 }.map(\.shape.count)
    // A pass forwards in the rollout; in each epoch one forwards and twice as much backwards.
    let passes = Double(1 + 3 * setting.updateEpochs)
    return (rate, rate * passes * 2 * Double(weights.reduce(0, +)) / 1e9)
  }

  /// Billions of operations a second of a layer of 64 in and 64 out on 128 rows, on one thread.
  private func layerGigaflops() -> Double {
    let tape = Tape(isRecording: false)
    let input = Buffer((0..<128 * 64).map { Float($0 % 7) - 3 })
    let weight = Buffer((0..<64 * 64).map { Float($0 % 5) / 50 })
    let bias = Buffer(count: 64)
    func round() {
      tape.reset()
      _ = linear(
        tape.constant(input.pointer, shape: [128, 64]),
        tape.constant(weight.pointer, shape: [64, 64]),
        tape.constant(bias.pointer, shape: [64]), activation: .tanh)
    }
    let rounds = 5000
    for _ in 0..<rounds { round() }
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<rounds { round() }
    let seconds = (clock.now - start) / .seconds(1)
    return Double(rounds * 2 * 128 * 64 * 64) / seconds / 1e9
  }
}

/// A median with what lies around it.
private struct Spread: Encodable {
  let median: Double
  let lowest: Double
  let highest: Double

  init(_ values: [Double]) {
    let sorted = values.sorted()
    median = sorted[sorted.count / 2]
    lowest = sorted[0]
    highest = sorted[sorted.count - 1]
  }

  func text(_ digits: Int) -> String {
    "\(fixed(median, digits)) (\(fixed(lowest, digits)) to \(fixed(highest, digits)))"
  }

  var percent: String {
    "\(fixed(100 * median, 0)) % (\(fixed(100 * lowest, 0)) to \(fixed(100 * highest, 0)))"
  }
}

/// Shares of the peak, in percent, that idle machines reach with one or two threads.
private struct ExpectedShares {
  let training: ClosedRange<Int>
  let layer: ClosedRange<Int>

  static let ofLevel = [
    "avx512": ExpectedShares(training: 55...70, layer: 60...75),
    "avx2": ExpectedShares(training: 50...65, layer: 65...80),
  ]
}

private struct Figures: Encodable {
  let environment: String
  let level: String
  let threads: Int
  let presetSeconds: Spread
  let peakGigaflops: Spread
  let stepsPerSecond: Spread
  let trainingShare: Spread
  let layerGigaflops: Spread
  let layerShare: Spread

  var lines: [String] {
    [
      "kernels \(level), \(threads) threads; medians with the lowest and the highest",
      "\(program) train --env \(environment), whole process, s: \(presetSeconds.text(3))",
      "peak of the processor, \(threads) threads, GFLOP/s: \(peakGigaflops.text(0))",
      "training, steps/s (64 × 128, minibatch 2048): \(stepsPerSecond.text(0))",
      "  share of the peak: \(trainingShare.percent)\(expectation(\.training))",
      "layer 64 → 64 with tanh, one thread, GFLOP/s: \(layerGigaflops.text(1))",
      "  share of the peak: \(layerShare.percent)\(expectation(\.layer))",
    ]
  }

  /// What other machines reach at this level, measured on idle ones, where that is known.
  private func expectation(_ share: KeyPath<ExpectedShares, ClosedRange<Int>>) -> String {
    guard let expected = ExpectedShares.ofLevel[level] else { return "" }
    let range = expected[keyPath: share]
    return "; \(range.lowerBound) to \(range.upperBound) % is usual for \(level)"
  }

  private enum CodingKeys: String, CodingKey {
    case environment
    case level
    case threads
    case presetSeconds = "preset_seconds"
    case peakGigaflops = "peak_gigaflops"
    case stepsPerSecond = "steps_per_second"
    case trainingShare = "training_share"
    case layerGigaflops = "layer_gigaflops"
    case layerShare = "layer_share"
  }
}
