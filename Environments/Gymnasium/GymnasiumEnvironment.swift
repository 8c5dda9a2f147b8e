import EnvironmentKit
import Foundation
import RandomStreams
import Synchronization

/// A task that Python's Gymnasium makes, stepped by worker processes.
///
///     let environment = try GymnasiumEnvironment("LunarLander-v3")
///     let trainer = try Trainer(environment, hyperparameters, seed: 1)
///
/// The description comes from Python itself: a worker is started at once, and steps the first batch.
/// Observations of the type Dict or Tuple keep their parts apart in ``observationLayout``; choices
/// in them are written as one-hot numbers. Actions of the type Dict or Tuple are all choices or all
/// real numbers.
///
/// Each episode has a seed of its own, drawn from the stream of its copy, so that it depends on
/// neither the number of workers nor that of copies.
public struct GymnasiumEnvironment: BatchableEnvironment {
  /// How the environment is made.
  public let recipe: GymnasiumRecipe
  /// `gym:` and what Gymnasium finds it by, with its version.
  public let name: String
  /// The parts of an observation.
  public let observationLayout: ObservationLayout
  /// The bounds of an observation, its parts one after another.
  public let observationSpace: BoxSpace
  /// What an action is.
  public let actionSpace: ActionSpace
  /// The limit of the environment's own wrapper.
  public let timeLimit: Int?
  /// The mean return that Gymnasium counts as solved.
  public let rewardThreshold: Double?
  /// The rate of its pictures, `render_fps`.
  public let stepsPerSecond: Double
  /// The versions of Python, Gymnasium and NumPy.
  public let versions: [String: String]
  /// What it was asked for besides its name, where a name was looked up.
  public let options: EnvironmentOptions
  let description: EnvironmentDescription
  let spare: SpareWorkers

  /// Asks Python for an environment.
  ///
  /// - Parameters:
  ///   - id: The id that Gymnasium finds it by, as in `LunarLander-v3` or `package:Task-v0`.
  ///   - options: What is handed to `gymnasium.make`.
  ///   - timeLimit: After how many steps an episode is truncated, or `nil` for the environment's own.
  ///   - python: The Python; `nil` for the active virtual environment, else `python3`.
  /// - Throws: ``GymnasiumError`` if there is no such environment, or one that cannot be used, and
  ///   `UnknownEnvironment` if Gymnasium knows no such id.
  public init(
    _ id: String, options: [String: OptionValue] = [:], timeLimit: Int? = nil,
    python: PythonInterpreter? = nil
  ) throws {
    try self.init(
      GymnasiumRecipe(
        id: id, options: options, timeLimit: timeLimit,
        python: python ?? PythonInterpreter()))
  }

  /// Asks Python for an environment.
  ///
  /// - Parameters:
  ///   - recipe: How it is made.
  ///   - options: What it was asked for besides its name, where a name was looked up.
  /// - Throws: As ``init(_:options:timeLimit:python:)`` does.
  public init(
    _ recipe: GymnasiumRecipe, options: EnvironmentOptions = EnvironmentOptions()
  ) throws {
    self.recipe = recipe
    self.options = options
    let worker = try WorkerProcess(recipe.python)
    description = try worker.describe(recipe)
    spare = SpareWorkers(worker)
    let module = recipe.id.split(separator: ":").dropLast().map { "\($0):" }.joined()
    name = "gym:\(module)\(description.id)"
    observationLayout = ObservationLayout(description.observations.map { $0.layoutPart })
    observationSpace = observationLayout.space
    actionSpace = try description.actionSpace(of: name)
    timeLimit = description.timeLimit
    rewardThreshold = description.rewardThreshold
    stepsPerSecond = description.framesPerSecond.flatMap { $0 > 0 ? $0 : nil } ?? 30
    versions = description.versions
  }

  /// What was handed to `gymnasium.make`, where that is not the usual.
  public var fingerprint: String? { recipe.fingerprint }

  /// Whether invalid choices are masked, which the recipe decides.
  public var hasActionMask: Bool { recipe.usesActionMasks }

  /// That of a ``GymnasiumBatch``.
  public var snapshotType: any EnvironmentSnapshot.Type { GymnasiumBatch.Snapshot.self }

  /// Makes a ``GymnasiumBatch``.
  public func makeBatch(
    of numbers: Range<Int>, seed: UInt64, purpose: RandomStream.Purpose, afterEnd: AfterEnd
  ) throws -> any EnvironmentBatch {
    try GymnasiumBatch(
      of: self, numbers: numbers, seed: seed, purpose: purpose, afterEnd: afterEnd)
  }

  /// So many workers that have made this environment.
  func workers(_ count: Int) throws -> [WorkerProcess] {
    var workers = spare.take(count)
    let others = try (workers.count..<count).map { _ in
      try WorkerProcess(recipe.python)
    }
    // All start at the same time.
    for worker in others { try worker.ask(for: recipe) }
    for worker in others {
      guard try worker.description(of: recipe) == description else {
        throw GymnasiumError(
          "\(name) is not the same in two processes: its spaces differ. Make them the same.")
      }
    }
    workers += others
    return workers
  }
}

/// The workers that no batch uses: at first the one that described the environment, later those of
/// batches that are gone, since to start Python takes longer than a short evaluation.
final class SpareWorkers: Sendable {
  private let workers: Mutex<[WorkerProcess]>

  init(_ worker: WorkerProcess) { workers = Mutex([worker]) }

  /// Takes out as many as there are, at most `count`.
  func take(_ count: Int) -> [WorkerProcess] {
    workers.withLock { workers in
      defer { workers.removeFirst(min(count, workers.count)) }
      return Array(workers.prefix(count))
    }
  }

  /// Keeps workers for the next batch.
  func keep(_ others: [WorkerProcess]) { workers.withLock { $0 += others } }
}

extension EnvironmentDescription.Part {
  var layoutPart: ObservationLayout.Part {
    let count = shape.reduce(1, *)
    return ObservationLayout.Part(
      name, shape: shape, element: element,
      space: BoxSpace(
        lowest: lowest.numbers(count, unbounded: -.infinity),
        highest: highest.numbers(count, unbounded: .infinity)))
  }
}

extension EnvironmentDescription {
  func actionSpace(of name: String) throws(GymnasiumError) -> ActionSpace {
    if let counts = actions.counts {
      if isOneChoice { return .discrete(count: counts[0]) }
      return .multiDiscrete(counts: counts)
    }
    guard let lowest = actions.lowest, let highest = actions.highest,
      lowest.count == highest.count
    else { throw GymnasiumError("\(name) tells no action space that can be used.") }
    return .box(
      BoxSpace(
        lowest: lowest.map { $0 ?? -.infinity }, highest: highest.map { $0 ?? .infinity }))
  }

  /// Whether a row of its observation is stored in bytes.
  var isBytes: Bool { observations.allSatisfy { $0.element == .uint8 } }
}
