import EnvironmentKit
import Requirements
import TensorCore

/// What N environments went through in T steps under one policy, and what is made of it.
///
/// Everything is stored step by step, `[T, N]`, in memory that every rollout of a run uses again.
/// Row `t · N + n` is step t of environment n.
public final class Rollout: @unchecked Sendable {
  // Threads write disjoint environments; that is what makes sharing an instance safe.

  /// The number of steps, T.
  public let stepCount: Int
  /// The number of environments, N.
  public let environmentCount: Int
  /// The size of an observation, D.
  public let observationCount: Int
  /// The size of an action, A.
  public let actionCount: Int
  /// The number of choices of which some may be invalid, M; 0 where all are valid always.
  public let choiceCount: Int
  /// How many numbers the network remembers of an environment, S.
  public let memoryCount: Int
  /// Of how many steps the sequences are that are learnt from as a whole, L; they lie behind one
  /// another in time. 1 for a network that remembers nothing.
  public let sequenceLength: Int

  /// Observations before each step as the environment gives them, and after the last,
  /// `[T + 1, N, D]`; where parts are bytes only the last ones, `[N, D]`.
  public let rawObservations: Buffer
  /// The same as the network sees it; the same memory where nothing is normalised.
  public let observations: Buffer
  /// All observations where parts are bytes, `[T + 1, N]` rows.
  let storedObservations: StoredObservations?
  /// The first environment whose observation before the first step cannot be kept as bytes.
  var unusableStart: Int?
  /// What stored observations pass through before the network sees them.
  var normalizer: ObservationNormalizer?
  /// What was done, before any clipping to bounds, `[T, N, A]`.
  public let actions: Buffer
  /// Which choices were valid: 1, else 0, `[T, N, M]`.
  public let actionMasks: Buffer
  /// What the network remembered at the start of each sequence, `[T / L, N, S]`.
  public let memories: Buffer
  /// The logarithm of the probability of what was done, `[T, N]`.
  public let logProbabilities: Buffer
  /// What was earned, `[T, N]`.
  public let rewards: Buffer
  /// The return that was expected before each step, and after the last, `[T + 1, N]`.
  public let values: Buffer
  /// The return that was expected where an episode was cut off; of no meaning elsewhere, `[T, N]`.
  public let finalValues: Buffer
  /// Whether the step ended the episode, and how, `[T, N]`.
  public let endings: UnsafeMutablePointer<Ending>
  /// What the episode earned that the step ended; of no meaning elsewhere, `[T, N]`.
  public let episodeReturns: UnsafeMutablePointer<Double>
  /// How many steps the episode took that the step ended; of no meaning elsewhere, `[T, N]`.
  public let episodeLengths: UnsafeMutablePointer<Int>
  /// Whether the last observation of the episode that the step ended holds nothing but numbers; of
  /// no meaning elsewhere, `[T, N]`.
  let hasFiniteEnd: UnsafeMutablePointer<Bool>
  /// How much better each action was than expected, `[T, N]`.
  public let advantages: Buffer
  /// What the value of each observation should have been, `[T, N]`.
  public let returns: Buffer

  /// Allocates a rollout.
  ///
  /// - Precondition: The sequences fill it: L divides T.
  public convenience init(
    steps: Int, environments: Int, observationCount: Int, actionCount: Int,
    normalizesObservations: Bool, choiceCount: Int = 0, memoryCount: Int = 0,
    sequenceLength: Int = 1
  ) {
    self.init(
      steps: steps, environments: environments, observationCount: observationCount, layout: nil,
      actionCount: actionCount, normalizesObservations: normalizesObservations,
      choiceCount: choiceCount, memoryCount: memoryCount, sequenceLength: sequenceLength)
  }

  // Allocates a rollout that keeps the parts of a layout that are bytes as bytes.
  init(
    steps: Int, environments: Int, observationCount: Int, layout: ObservationLayout?,
    actionCount: Int, normalizesObservations: Bool, choiceCount: Int, memoryCount: Int,
    sequenceLength: Int
  ) {
    require(
      steps % sequenceLength == 0,
      "Sequences of \(sequenceLength) steps do not fill a rollout of \(steps).")
    self.choiceCount = choiceCount
    self.memoryCount = memoryCount
    self.sequenceLength = sequenceLength
    stepCount = steps
    environmentCount = environments
    self.observationCount = observationCount
    self.actionCount = actionCount
    let rows = steps * environments
    storedObservations = layout.flatMap { StoredObservations($0, rows: rows + environments) }
    let seen = (storedObservations == nil ? rows + environments : environments) * observationCount
    rawObservations = Buffer(count: seen)
    observations = normalizesObservations ? Buffer(count: seen) : rawObservations
    actions = Buffer(count: rows * actionCount)
    actionMasks = Buffer(count: rows * choiceCount)
    memories = Buffer(count: rows / sequenceLength * memoryCount)
    logProbabilities = Buffer(count: rows)
    rewards = Buffer(count: rows)
    values = Buffer(count: rows + environments)
    finalValues = Buffer(count: rows)
    endings = .allocate(capacity: rows)
    episodeReturns = .allocate(capacity: rows)
    episodeLengths = .allocate(capacity: rows)
    hasFiniteEnd = .allocate(capacity: rows)
    hasFiniteEnd.initialize(repeating: true, count: rows)
    endings.initialize(repeating: .none, count: rows)
    episodeReturns.initialize(repeating: 0, count: rows)
    episodeLengths.initialize(repeating: 0, count: rows)
    advantages = Buffer(count: rows)
    returns = Buffer(count: rows)
  }

  deinit {
    endings.deallocate()
    episodeReturns.deallocate()
    episodeLengths.deallocate()
    hasFiniteEnd.deallocate()
  }

  /// The number of rows, T · N.
  public var rowCount: Int { stepCount * environmentCount }

  /// The number of sequences, T · N / L.
  public var sequenceCount: Int { rowCount / sequenceLength }

  /// The row of a step of a sequence; sequence `c · N + n` is the c-th of environment n.
  func row(of sequence: Int, step: Int) -> Int {
    // Saves a division for each row of each minibatch where a sequence is a row.
    if sequenceLength == 1 { return sequence }
    let (part, environment) = sequence.quotientAndRemainder(dividingBy: environmentCount)
    return (part * sequenceLength + step) * environmentCount + environment
  }

  /// Where the observation of a step of an environment lies, in rows of D numbers; where parts are
  /// bytes, as long as the environment has not taken the step.
  func observationRow(step: Int, environment: Int) -> Int {
    (storedObservations == nil ? step * environmentCount : 0) + environment
  }

  /// Keeps the observations of some environments before a step, where parts are bytes.
  ///
  /// - Returns: The first environment whose observation cannot be kept: a number is not finite, or that
  ///   of a byte is no whole number from 0 to 255. `nil` if there is none.
  func storeObservations(of environments: Range<Int>, step: Int) -> Int? {
    guard let storedObservations else { return nil }
    return environments.first { environment in
      !storedObservations.write(
        rawObservations.pointer + environment * observationCount,
        to: step * environmentCount + environment)
    }
  }

  /// Makes the observations after the last step the first ones of the next rollout.
  func beginNext() {
    if let storedObservations {
      for environment in 0..<environmentCount {
        storedObservations.copy(rowCount + environment, to: environment)
      }
      return
    }
    let width = environmentCount * observationCount
    rawObservations.pointer.update(
      from: rawObservations.pointer + stepCount * width, count: width)
  }

  /// Brings the advantages to mean 0 and deviation 1, the latter with n − 1.
  func normalizeAdvantages() {
    let count = Double(rowCount)
    let mean = mean(of: advantages, count: rowCount)
    var squares = 0.0
    for row in 0..<rowCount {
      let distance = Double(advantages.pointer[row]) - mean
      squares += distance * distance
    }
    let scale = 1 / ((squares / max(count - 1, 1)).squareRoot() + 1e-8)
    for row in 0..<rowCount {
      advantages.pointer[row] = (advantages.pointer[row] - Float(mean)) * Float(scale)
    }
  }

  /// Estimates advantages and returns from rewards and values.
  ///
  /// - Parameters:
  ///   - discount: γ.
  ///   - traceDecay: λ.
  ///   - bootstrapsAtTimeLimits: Whether what was cut off is worth something.
  public func estimateAdvantages(
    discount: Double, traceDecay: Double, bootstrapsAtTimeLimits: Bool = true
  ) {
    if !bootstrapsAtTimeLimits {
      finalValues.pointer.update(repeating: 0, count: rowCount)
    }
    PolicyOptimization.estimateAdvantages(
      advantages: advantages.pointer, returns: returns.pointer,
      rewards: rewards.pointer, values: values.pointer, finalValues: finalValues.pointer,
      endings: endings, steps: stepCount, environments: environmentCount,
      discount: Float(discount), traceDecay: Float(traceDecay))
  }
}

/// An episode that ended during a rollout.
public struct FinishedEpisode: Sendable, Hashable {
  /// How many steps all environments together had taken when it ended.
  public let timestep: Int
  /// The sum of its rewards, as the environment gave them.
  public let episodeReturn: Double
  /// How many steps it took.
  public let length: Int
}

extension Rollout {
  /// Calls the body with each episode that ended, in the order of time and then of environments.
  ///
  /// - Parameters:
  ///   - start: The steps taken before the rollout.
  ///   - body: What to do with an episode.
  func forEachFinishedEpisode(after start: Int, _ body: (FinishedEpisode) -> Void) {
    for row in 0..<rowCount where endings[row] != .none {
      body(
        FinishedEpisode(
          timestep: start + (row / environmentCount + 1) * environmentCount,
          episodeReturn: episodeReturns[row], length: episodeLengths[row]))
    }
  }
}
