import Requirements

/// Memory for the actions and the results of one step of a ``VectorEnvironment``.
///
/// A trainer writes its steps straight into its rollout; a program that only steps environments
/// uses these arrays:
///
///     let environments = VectorEnvironment(CartPole(), count: 8, seed: 1)
///     let arrays = StepArrays(for: environments)
///     arrays.actions.update(repeating: 1)
///     environments.step(0..<8, through: arrays.buffers())
///     print(arrays.rewards[0], arrays.endings[0])
///
/// The arrays are freed with the instance, which must therefore outlive every use of ``buffers()``.
public final class StepArrays {
  /// The number of environments, N.
  public let count: Int
  /// The number of components of an observation, D.
  public let observationCount: Int
  /// The number of components of an action.
  public let actionCount: Int

  /// The actions to take, shape `[N, actionCount]`, at first zero.
  public let actions: UnsafeMutableBufferPointer<Float>
  /// The observations after the step, `[N, D]`.
  public let observations: UnsafeMutableBufferPointer<Float>
  /// The last observations of the episodes that ended, `[N, D]`.
  public let finalObservations: UnsafeMutableBufferPointer<Float>
  /// The rewards, `[N]`.
  public let rewards: UnsafeMutableBufferPointer<Float>
  /// Whether the step ended the episode, and how, `[N]`.
  public let endings: UnsafeMutableBufferPointer<Ending>
  /// The sums of the rewards of the episodes that ended, `[N]`.
  public let episodeReturns: UnsafeMutableBufferPointer<Double>
  /// The numbers of steps of the episodes that ended, `[N]`.
  public let episodeLengths: UnsafeMutableBufferPointer<Int>

  /// Allocates the arrays for some environments.
  public convenience init<Base: Environment>(for environments: VectorEnvironment<Base>) {
    self.init(for: environments.base, count: environments.count)
  }

  /// Allocates the arrays for `count` copies of an environment.
  public init(for environment: any BatchableEnvironment, count: Int) {
    self.count = count
    observationCount = environment.observationSpace.count
    actionCount = environment.actionSpace.componentCount
    actions = .allocate(count * actionCount, of: 0)
    observations = .allocate(count * observationCount, of: 0)
    finalObservations = .allocate(count * observationCount, of: 0)
    rewards = .allocate(count, of: 0)
    endings = .allocate(count, of: .none)
    episodeReturns = .allocate(count, of: 0)
    episodeLengths = .allocate(count, of: 0)
  }

  deinit {
    actions.deallocate()
    observations.deallocate()
    finalObservations.deallocate()
    rewards.deallocate()
    endings.deallocate()
    episodeReturns.deallocate()
    episodeLengths.deallocate()
  }

  /// Names the arrays to a step, from the numbers of row 0 on.
  public func buffers() -> StepBuffers { buffers(from: 0) }

  /// Names the arrays to a step of rows that begin with `row`.
  ///
  /// - Precondition: `row` is in `0..<count`.
  public func buffers(from row: Int) -> StepBuffers {
    require(0 <= row && row < count, "Row \(row) is not one of the \(count) rows.")
    return StepBuffers(
      actions: UnsafePointer(actions.pointer(to: row * actionCount)),
      observations: observations.pointer(to: row * observationCount),
      finalObservations: finalObservations.pointer(to: row * observationCount),
      rewards: rewards.pointer(to: row),
      endings: endings.pointer(to: row),
      episodeReturns: episodeReturns.pointer(to: row),
      episodeLengths: episodeLengths.pointer(to: row))
  }
}

extension UnsafeMutableBufferPointer {
  fileprivate static func allocate(_ count: Int, of element: Element) -> Self {
    // Never empty, so that every array has an address.
    let memory = allocate(capacity: Swift.max(count, 1))
    memory.initialize(repeating: element)
    return Self(rebasing: memory[..<count])
  }

  fileprivate func pointer(to index: Int) -> UnsafeMutablePointer<Element> {
    guard let baseAddress else { preconditionFailure("These arrays are never empty.") }
    return baseAddress + index
  }
}
