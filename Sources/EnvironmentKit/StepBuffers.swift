/// Where the rows of a step read their actions and write what came of them.
///
/// All pointers are to the first of the rows that are stepped; the arrays are the caller's, and
/// usually the rollout itself, so that nothing is copied. An episode that ends is followed by the
/// first observation of the next one in the same step; its own last observation is kept apart.
public struct StepBuffers {
  /// The actions to take, shape `[rows, actionSpace.componentCount]`.
  public var actions: UnsafePointer<Float>
  /// Receives the observations after the step, of the new episode where one ended, `[rows, D]`.
  public var observations: UnsafeMutablePointer<Float>
  /// Receives the last observation of each episode that ended, other rows untouched, `[rows, D]`.
  public var finalObservations: UnsafeMutablePointer<Float>
  /// Receives the rewards, `[rows]`.
  public var rewards: UnsafeMutablePointer<Float>
  /// Receives whether the step ended the episode, and how, `[rows]`.
  public var endings: UnsafeMutablePointer<Ending>
  /// Receives the sum of the rewards of each episode that ended, other rows untouched, `[rows]`.
  public var episodeReturns: UnsafeMutablePointer<Double>
  /// Receives the number of steps of each episode that ended, other rows untouched, `[rows]`.
  public var episodeLengths: UnsafeMutablePointer<Int>

  /// Names the arrays.
  public init(
    actions: UnsafePointer<Float>,
    observations: UnsafeMutablePointer<Float>,
    finalObservations: UnsafeMutablePointer<Float>,
    rewards: UnsafeMutablePointer<Float>,
    endings: UnsafeMutablePointer<Ending>,
    episodeReturns: UnsafeMutablePointer<Double>,
    episodeLengths: UnsafeMutablePointer<Int>
  ) {
    self.actions = actions
    self.observations = observations
    self.finalObservations = finalObservations
    self.rewards = rewards
    self.endings = endings
    self.episodeReturns = episodeReturns
    self.episodeLengths = episodeLengths
  }
}
