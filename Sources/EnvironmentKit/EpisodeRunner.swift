import RandomStreams
import Requirements

/// Episodes of one environment, one after another and step by step.
///
///     var episode = EpisodeRunner(of: environment, seed: 1)
///     while episode.ending == .none {
///       let decisions = agent.decide(episode.observation, in: [episode.situation], drawing: nil)
///       episode.step(decisions[0].action.span)
///     }
///     print(episode.episodeReturn, episode.length)
///
/// It applies the time limit, sums the rewards, and stays at the end of an episode until ``begin()``,
/// so that the end can be looked at; a ``VectorEnvironment``, which is for training, begins the next
/// episode in the same step. Evaluations, viewer, recordings and the checker play their episodes with
/// it: the same environment, seed and index give the same episodes in all of them.
public struct EpisodeRunner<Base: Environment> {
  /// The environment.
  public let environment: Base
  /// The number of the environment among those of the same seed.
  public let index: Int
  /// The seed of the environment, and of actions that are drawn.
  public let seed: UInt64

  /// The present state.
  public internal(set) var state: Base.State
  /// What is observed of it, D numbers.
  public private(set) var observation: [Float]
  /// Whether the last step ended the episode, and how.
  public private(set) var ending = Ending.none
  /// How many steps the episode has taken.
  public private(set) var length = 0
  /// The sum of the rewards of the episode so far.
  public private(set) var episodeReturn = 0.0
  /// The number of the episode, from 1.
  public private(set) var number = 1

  private var generator: RandomStream
  /// How many steps all episodes together have taken.
  private var stepsTaken = 0
  // An environment may compute these each time it is asked.
  private let timeLimit: Int?
  private let choiceCounts: [Int]

  /// Starts the first episode.
  ///
  /// - Parameters:
  ///   - environment: The environment.
  ///   - index: Its number among those of the same seed.
  ///   - seed: The seed.
  ///   - purpose: What it is for; training and evaluation draw different numbers.
  public init(
    of environment: Base, index: Int = 0, seed: UInt64,
    purpose: RandomStream.Purpose = .evaluationEnvironment
  ) {
    self.environment = environment
    self.index = index
    self.seed = seed
    timeLimit = environment.timeLimit
    choiceCounts = environment.hasActionMask ? environment.actionSpace.choiceCounts : []
    generator = RandomStream(seed: seed, purpose: purpose, index: index)
    state = environment.initialState(using: &generator)
    observation = Array(repeating: 0, count: environment.observationSpace.count)
    observe()
  }

  /// What is known of the present state besides the observation.
  public var situation: Situation {
    Situation(
      environment: index, isFirst: length == 0,
      validChoices: environment.hasActionMask ? environment.actionMask(of: state) : nil)
  }

  /// The random numbers that the next action may be drawn with.
  public var draw: ActionDraw { ActionDraw(seed: seed, environment: index, step: stepsTaken) }

  /// Begins another episode.
  public mutating func begin() {
    state = environment.initialState(using: &generator)
    (ending, length, episodeReturn) = (.none, 0, 0)
    number += 1
    observe()
  }

  /// Takes a step.
  ///
  /// - Parameter action: ``ActionSpace/componentCount`` numbers, as the environment takes them.
  /// - Returns: The reward, and whether the episode ended and how, by itself or by the time limit.
  /// - Precondition: The episode has not ended.
  @discardableResult
  public mutating func step(_ action: Span<Float>) -> Outcome {
    require(
      ending == .none,
      "Episode \(number) of \(environment.name) has ended; begin another one before the next step.")
    var outcome = environment.step(&state, action: action, using: &generator)
    length += 1
    stepsTaken += 1
    episodeReturn += outcome.reward
    outcome.applyTimeLimit(timeLimit, after: length)
    ending = outcome.ending
    observe()
    return outcome
  }

  /// Writes which choices are valid in the present state.
  ///
  /// - Parameter mask: Receives 1 for a valid and 0 for an invalid choice, those of all components
  ///   behind one another.
  /// - Returns: The first component without a valid choice, which is a mistake of the environment;
  ///   `nil` if each has one.
  package func writeActionMask(into mask: UnsafeMutablePointer<Float>) -> Int? {
    environment.writeActionMask(of: state, counts: choiceCounts, into: mask)
  }

  private mutating func observe() {
    // While the observation is written the rest of this value cannot be read.
    let (environment, state) = (environment, state)
    var span = observation.mutableSpan
    environment.observe(state, into: &span)
  }
}
