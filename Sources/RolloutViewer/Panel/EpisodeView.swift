import EnvironmentKit

/// What is shown of one episode at one moment.
public struct EpisodeView: Sendable, Hashable {
  /// The state, drawn.
  public var scene: Scene
  /// The number of the episode in its environment, from 1.
  public var number: Int
  /// How many steps it has taken.
  public var step: Int
  /// After how many steps it is cut off.
  public var timeLimit: Int?
  /// Whether the curves are those of the whole episode, as when it is played back, and not only of
  /// the steps taken.
  public var isForeseen = false
  /// The return after each step.
  public var returns: [Double]
  /// The discounted return that the agent expected before each step, in the environment's rewards;
  /// empty if it expects nothing.
  public var values: [Double]
  /// What was done in the last step.
  public var decision: Decision?
  /// Whether the episode has ended, and how.
  public var ending: Ending

  /// The sum of the rewards so far.
  public var earned: Double { step == 0 ? 0 : returns[min(step, returns.count) - 1] }
}

/// What is shown of a training run.
public struct TrainingView: Sendable, Hashable {
  /// A loss and how much it counts.
  public struct Term: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its value.
    public var loss: Double
    /// What the balancer multiplies it by.
    public var weight: Double

    /// Describes a loss term.
    public init(name: String, loss: Double, weight: Double) {
      self.name = name
      self.loss = loss
      self.weight = weight
    }
  }

  /// How many steps were taken.
  public var timestep: Int
  /// How many are to be taken.
  public var totalTimesteps: Int
  /// The mean return of the last training episodes.
  public var meanReturn: Double?
  /// The losses at the last update.
  public var terms: [Term]

  /// Describes a training run.
  public init(timestep: Int, totalTimesteps: Int, meanReturn: Double?, terms: [Term]) {
    self.timestep = timestep
    self.totalTimesteps = totalTimesteps
    self.meanReturn = meanReturn
    self.terms = terms
  }
}

/// Everything that a picture of the viewer shows.
public struct ViewerFrame: Sendable, Hashable {
  /// The name of the environment.
  public var title: String
  /// Who acts, and how.
  public var subtitle: String
  /// What can be done in the environment.
  public var actionSpace: ActionSpace
  /// What the actions are called; empty where numbers do.
  public var actionNames: [String] = []
  /// The episodes that are drawn: one, or a grid.
  public var episodes: [EpisodeView]
  /// Which of them the panel is about.
  public var selected: Int
  /// The training run, if one is watched.
  public var training: TrainingView?
  /// What stands at the foot of the panel.
  public var footnote: String
  /// Whether the keys are explained.
  public var showsHelp: Bool
}
