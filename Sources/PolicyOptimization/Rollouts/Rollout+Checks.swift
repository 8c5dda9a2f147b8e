import EnvironmentKit
import Requirements
import TensorCore

extension Rollout {
  /// Looks for numbers that are not finite, which an environment or the policy gave.
  ///
  /// - Parameter timestep: How many steps all environments together had taken before the rollout.
  /// - Throws: ``TrainingError`` about the first such number: a reward, an observation, the last
  ///   observation of an episode, or what the policy made of them.
  func checkFinite(after timestep: Int) throws(TrainingError) {
    func when(_ step: Int) -> Int { timestep + step * environmentCount }
    if let (step, environment, value) = firstNotFinite(of: rewards, rowWidth: 1) {
      throw TrainingError(
        "a reward", value, at: .environment(environment, timestep: when(step + 1)))
    }
    if let (step, environment, value) = firstNotFinite(
      of: rawObservations, rowWidth: observationCount)
    {
      throw TrainingError(
        "an observation", value, at: .environment(environment, timestep: when(step)))
    }
    for row in 0..<rowCount where endings[row] != .none {
      let place = TrainingError.Place.environment(
        row % environmentCount, timestep: when(row / environmentCount + 1))
      if !hasFiniteEnd[row] {
        throw TrainingError("a last observation of an episode", Double.nan, at: place)
      }
      if !episodeReturns[row].isFinite {
        throw TrainingError("a return of an episode", episodeReturns[row], at: place)
      }
      require(
        episodeLengths[row] > 0,
        "An environment gave \(episodeLengths[row]) as the number of steps of an episode.")
    }
    if let (step, environment, value) = firstNotFinite(of: logProbabilities, rowWidth: 1) {
      throw TrainingError(
        "log probability", value, at: .policy(environment: environment, timestep: when(step)))
    }
    try checkValues(after: timestep)
  }

  /// Looks for values that are not finite, where an episode goes on and where one was cut off.
  ///
  /// - Parameter timestep: How many steps all environments together had taken before the rollout.
  /// - Throws: ``TrainingError`` about the first one.
  func checkValues(after timestep: Int) throws(TrainingError) {
    if let (step, environment, value) = firstNotFinite(of: values, rowWidth: 1) {
      throw TrainingError(
        "value", value,
        at: .policy(environment: environment, timestep: timestep + step * environmentCount))
    }
    for row in 0..<rowCount where endings[row] == .truncated && !finalValues.pointer[row].isFinite {
      let (step, environment) = row.quotientAndRemainder(dividingBy: environmentCount)
      throw TrainingError(
        "value", finalValues.pointer[row],
        at: .policy(environment: environment, timestep: timestep + (step + 1) * environmentCount))
    }
  }

  /// Looks for rewards that are not finite after they were multiplied by a scale.
  ///
  /// - Parameter timestep: How many steps all environments together had taken before the rollout.
  /// - Throws: ``TrainingError`` about the first one.
  func checkScaledRewards(after timestep: Int) throws(TrainingError) {
    guard let (step, environment, value) = firstNotFinite(of: rewards, rowWidth: 1) else { return }
    throw TrainingError(
      "scaled reward", value,
      at: .advantage(environment: environment, timestep: timestep + step * environmentCount))
  }

  /// Looks for a state in which a component of the action had no valid choice.
  ///
  /// - Parameters:
  ///   - counts: The number of choices of each component.
  ///   - timestep: How many steps all environments together had taken before the rollout.
  /// - Throws: ``TrainingError`` about the first such state.
  func checkMasks(counts: [Int], after timestep: Int) throws(TrainingError) {
    guard choiceCount > 0 else { return }
    var choices = UnsafePointer(actionMasks.pointer)
    for row in 0..<rowCount {
      for (component, count) in counts.enumerated() {
        let mask = UnsafeBufferPointer(start: choices, count: count)
        choices += count
        if mask.contains(1) { continue }
        let (step, environment) = row.quotientAndRemainder(dividingBy: environmentCount)
        throw TrainingError(
          "number of valid choices", 0,
          at: .mask(
            component: component, environment: environment,
            timestep: timestep + step * environmentCount))
      }
    }
  }

  /// Looks for advantages and returns that are not finite, although rewards and values were.
  ///
  /// - Parameter timestep: How many steps all environments together had taken before the rollout.
  /// - Throws: ``TrainingError`` about the first one.
  func checkAdvantages(after timestep: Int) throws(TrainingError) {
    for (what, numbers) in [("advantage", advantages), ("return", returns)] {
      guard let (step, environment, value) = firstNotFinite(of: numbers, rowWidth: 1) else {
        continue
      }
      let largestValue = largest(of: values)
      throw TrainingError(
        what, value,
        at: .advantage(environment: environment, timestep: timestep + step * environmentCount),
        causedBy: largestValue > largest(of: rewards) ? .values(largestValue) : .rewards)
    }
  }

  /// The largest size of the returns that an update has learnt from which failed.
  ///
  /// - Parameter error: What has failed.
  /// - Returns: The size; 0 where it was not at a minibatch, for which there may be no returns yet.
  func largestReturn(after error: TrainingError) -> Float {
    if case .minibatch = error.place { largest(of: returns) } else { 0 }
  }

  private func largest(of numbers: Buffer) -> Float {
    numbers.elements.reduce(0) { max($0, abs($1)) }
  }

  /// Finds the first number that is not finite.
  ///
  /// - Parameters:
  ///   - numbers: Step by step, `[steps, N, rowWidth]`.
  ///   - rowWidth: How many numbers one environment has at a step.
  /// - Returns: Where it is and what it is; `nil` if there is none.
  private func firstNotFinite(
    of numbers: Buffer, rowWidth: Int
  ) -> (step: Int, environment: Int, value: Float)? {
    if mean(of: numbers, count: numbers.count).isFinite { return nil }
    for index in 0..<numbers.count where !numbers.pointer[index].isFinite {
      let (step, environment) = (index / rowWidth)
        .quotientAndRemainder(dividingBy: environmentCount)
      return (step, environment, numbers.pointer[index])
    }
    return nil
  }
}
