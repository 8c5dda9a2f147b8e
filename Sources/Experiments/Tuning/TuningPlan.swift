import EnvironmentKit
import PolicyOptimization

/// What a search consists of; `search.json` in its folder.
public struct TuningPlan: Sendable, Hashable {
  /// The name of the environment.
  public var environment: String
  /// What the environment is asked for besides its name.
  public var options: EnvironmentOptions
  /// The versions of what computes the environment outside of the program.
  public var versions: [String: String]
  /// The name of the preset, if there is one.
  public var preset: String?
  /// Candidate 0, and the value of every hyperparameter that is not searched.
  public var base: Hyperparameters
  /// What is searched.
  public var space: SearchSpace
  /// What is made best.
  public var objective: TuningObjective
  /// What proposes candidates: `halving`, or `optuna` with the name of its sampler.
  public var sampler: String
  /// The seed of the search: trials have this one and those that follow.
  public var seed: UInt64
  /// The seeds of the best candidates, and of the confirmation.
  public var seeds: Int
  /// The trials before the confirmation, or `nil` for no limit.
  public var trials: Int?
  /// The seconds of the whole search, or `nil` for no limit.
  public var budgetSeconds: Double?
  /// The episodes of the evaluation at the end of a trial.
  public var episodes: Int
  /// Whether trials below the median of others are stopped.
  public var stopsEarly: Bool

  /// Describes a search.
  public init(
    environment: String, options: EnvironmentOptions = EnvironmentOptions(),
    versions: [String: String] = [:], preset: String? = nil, base: Hyperparameters,
    space: SearchSpace, objective: TuningObjective = .meanReturn, sampler: String = "halving",
    seed: UInt64 = 1, seeds: Int = 8, trials: Int? = 200, budgetSeconds: Double? = nil,
    episodes: Int = 20, stopsEarly: Bool = true
  ) {
    self.environment = environment
    self.options = options
    // On how many threads it is stepped changes nothing.
    self.options.threads = nil
    self.versions = versions
    self.preset = preset
    self.base = base
    self.space = space
    self.objective = objective
    self.sampler = sampler
    self.seed = seed
    self.seeds = seeds
    self.trials = trials
    self.budgetSeconds = budgetSeconds
    self.episodes = episodes
    self.stopsEarly = stopsEarly
  }

  /// The fewest trials of a search.
  public var fewestTrials: Int { Rounds(candidates: 2, seeds: seeds).trials }

  /// The seed of trial `index` of a candidate before the confirmation.
  func searchSeed(_ index: Int) -> UInt64 { seed &+ UInt64(index) }

  /// A seed of the confirmation, which no trial before has.
  func confirmationSeed(_ index: Int) -> UInt64 { seed &+ 1000 &+ UInt64(index) }

  /// The candidates of the first round for a number of trials, `nil` if that is not limited.
  var candidateCount: Int? {
    guard let trials else { return nil }
    var count = max(trials, 2)
    while count > 2, Rounds(candidates: count, seeds: seeds).trials > trials { count -= 1 }
    return count
  }
}

/// How many candidates are trained on how many seeds: breadth first, then more seeds for the best few.
///
/// About three quarters of the trials are candidates with one seed.
struct Rounds: Sendable {
  /// The candidates of the first round, on one seed.
  let candidates: Int
  /// How many of them have further seeds, and how many seeds they have then.
  let further: [(count: Int, seeds: Int)]

  init(candidates: Int, seeds: Int) {
    self.candidates = candidates
    let some = min(candidates, min(max(candidates / 10, 4), 12))
    let few = min(candidates, min(max(candidates / 40, 2), 4))
    let middle = min(4, seeds)
    var rounds = [(count: some, seeds: middle)]
    if seeds > middle { rounds.append((few, seeds)) }
    further = rounds
  }

  /// The trials of all rounds.
  var trials: Int {
    var seeds = 1
    return further.reduce(candidates) { trials, round in
      defer { seeds = round.seeds }
      return trials + round.count * (round.seeds - seeds)
    }
  }
}
