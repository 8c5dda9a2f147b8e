import RandomStreams

extension EnvironmentChecker {
  /// Steps several environments at once, in the environment's own way and one by one.
  func inspectRows<Base: Environment>(of environment: Base, report: inout FindingReport) {
    let rows = 5
    let together = VectorEnvironment(environment, count: rows, seed: seed)
    let apart = VectorEnvironment(OneByOne(base: environment), count: rows, seed: seed)
    let (left, right) = (StepArrays(for: together), StepArrays(for: apart))
    var generator = RandomStream(seed: seed, purpose: .action, index: episodes)
    // Longer than the time limit, which ends the episodes that nothing else does.
    for step in 1...min(stepLimit, max(500, (environment.timeLimit ?? 0) + 50)) {
      for row in 0..<rows {
        let action = environment.sampleAction(in: together.state(of: row), using: &generator)
        for (component, number) in action.enumerated() {
          left.actions[row * left.actionCount + component] = number
          right.actions[row * left.actionCount + component] = number
        }
      }
      together.step(0..<rows, through: left.buffers())
      apart.step(0..<rows, through: right.buffers())
      for row in 0..<rows {
        guard let difference = left.difference(from: right, row: row) else { continue }
        let isNext = right.endings[row] != .none && difference.quantity.isOfNextEpisode
        return report.note(
          isNext
            ? .stepsOnAfterEnd(row: row, step: step, difference: difference)
            : .rowsDisagree(row: row, step: step, difference: difference))
      }
    }
  }
}

/// An environment without its own way of stepping several rows.
private struct OneByOne<Base: Environment>: Environment {
  let base: Base

  var name: String { base.name }
  var observationSpace: BoxSpace { base.observationSpace }
  var actionSpace: ActionSpace { base.actionSpace }
  var timeLimit: Int? { base.timeLimit }

  func initialState(using generator: inout RandomStream) -> Base.State {
    base.initialState(using: &generator)
  }

  func step(
    _ state: inout Base.State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    base.step(&state, action: action, using: &generator)
  }

  func observe(_ state: Base.State, into observation: inout MutableSpan<Float>) {
    base.observe(state, into: &observation)
  }
}

extension ResultDifference.Quantity {
  /// Whether a step that ends an episode gives it of the next one.
  fileprivate var isOfNextEpisode: Bool {
    if case .observation = self { true } else { false }
  }
}

extension StepArrays {
  /// The first thing in which a row differs from the same row of other arrays.
  fileprivate func difference(from other: StepArrays, row: Int) -> ResultDifference? {
    let width = observationCount
    for component in 0..<width {
      let index = row * width + component
      let difference =
        ResultDifference(
          .observation(component: component), Double(observations[index]),
          Double(other.observations[index]))
        ?? ResultDifference(
          .finalObservation(component: component), Double(finalObservations[index]),
          Double(other.finalObservations[index]))
      if let difference { return difference }
    }
    return ResultDifference(.reward, Double(rewards[row]), Double(other.rewards[row]))
      ?? ResultDifference(
        .ending, Double(endings[row].rawValue), Double(other.endings[row].rawValue))
      ?? ResultDifference(.episodeReturn, episodeReturns[row], other.episodeReturns[row])
      ?? ResultDifference(
        .episodeLength, Double(episodeLengths[row]), Double(other.episodeLengths[row]))
  }
}
