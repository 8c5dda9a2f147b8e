import PolicyOptimization

/// What a search makes best.
public enum TuningObjective: String, Sendable, Codable, CaseIterable {
  /// The mean return of the last policy, in episodes with its most probable actions.
  case meanReturn = "return"
  /// The steps of all environments together until the task is solved.
  case stepsToSolve = "steps-to-solve"
  /// The seconds of training until the task is solved, on one thread.
  case secondsToSolve = "seconds-to-solve"

  /// Whether smaller numbers are better, so that a score is the negative number.
  public var isCost: Bool { self != .meanReturn }
}

/// One training run of a search: a candidate on a seed.
public struct TrialRequest: Sendable, Codable, Hashable {
  /// The part of a search that a trial belongs to.
  public enum Stage: String, Sendable, Codable, CaseIterable {
    /// Every candidate on one seed.
    case breadth
    /// The best candidates on further seeds.
    case refinement
    /// The winner and the preset on seeds that decided nothing.
    case confirmation
  }

  /// The number of the candidate; 0 is the preset.
  public let candidate: Int
  /// The part of the search.
  public let stage: Stage
  /// The seed.
  public let seed: UInt64
  /// How to train.
  public let hyperparameters: Hyperparameters
  /// The median of other trials' curves at each tenth of a run, `nil` where there are too few of
  /// them: a trial that is below is stopped where ``LearningCurve/decisions`` says.
  public let medians: [Double?]

  /// Describes a trial.
  public init(
    candidate: Int, stage: Stage, seed: UInt64, hyperparameters: Hyperparameters,
    medians: [Double?] = []
  ) {
    self.candidate = candidate
    self.stage = stage
    self.seed = seed
    self.hyperparameters = hyperparameters
    self.medians = medians
  }

  /// What tells trials apart.
  var key: TrialKey { TrialKey(candidate: candidate, stage: stage, seed: seed) }
}

/// What tells the trials of a search apart.
struct TrialKey: Hashable {
  let candidate: Int
  let stage: TrialRequest.Stage
  let seed: UInt64
}

/// The mean return of the last 100 training episodes at each tenth of a run.
public enum LearningCurve {
  /// How many points there are.
  public static let count = 10
  /// The points at which a trial can be stopped: after three and after six tenths of its steps.
  public static let decisions = [2, 5]
  /// How many other trials are needed for a median.
  static let fewestRivals = 8

  /// The medians of curves.
  static func medians(of curves: [[Double?]]) -> [Double?] {
    (0..<count).map { place in
      let values = curves.compactMap { $0.indices.contains(place) ? $0[place] : nil }.sorted()
      return values.count < fewestRivals ? nil : Statistics.quantile(0.5, of: values)
    }
  }
}

/// How a trial ended.
public struct TrialOutcome: Sendable, Codable, Hashable {
  /// The kinds of ends.
  public enum Status: String, Sendable, Codable {
    /// It came to its end.
    case complete
    /// It was stopped, below the median of others.
    case stopped
    /// It could not be trained or evaluated.
    case failed
  }

  /// The kind of end.
  public var status: Status
  /// The score, higher is better: the mean return, or the negative cost; `nil` if it failed. That of a
  /// trial that was stopped is the last point of its curve for the objective `return`.
  public var score: Double?
  /// The mean return of the evaluation at the end.
  public var meanReturn: Double?
  /// When the task was solved, in steps.
  public var solvedAt: Int?
  /// How many steps were taken.
  public var timesteps: Int
  /// How long it took.
  public var seconds: Double
  /// The learning curve, as far as it goes.
  public var curve: [Double?]
  /// Why it failed, in a sentence.
  public var failure: String?

  /// How quickly it learnt: the mean of the curve, by which equal scores are compared.
  var learningSpeed: Double {
    let known = curve.compactMap(\.self)
    return known.isEmpty ? -.infinity : Statistics.mean(known)
  }
}

/// Executes trials: in this process, or elsewhere.
public protocol TrialExecution: Sendable {
  /// Executes a trial; called by several threads at once.
  ///
  /// - Parameters:
  ///   - request: The trial.
  ///   - shouldStop: Whether the search was stopped.
  /// - Returns: How it ended, `nil` if it was stopped by `shouldStop`.
  /// - Throws: What ends the whole search; a trial that fails has an outcome.
  func outcome(
    of request: TrialRequest, until shouldStop: @Sendable () -> Bool
  ) throws -> TrialOutcome?
}
