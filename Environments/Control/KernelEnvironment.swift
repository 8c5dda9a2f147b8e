import ControlKernels
import EnvironmentKit
import RandomStreams
import Requirements

/// An environment whose equations are a kernel, which steps any number of environments at once.
///
/// The kernels, in `Environments/ControlKernels`, hold the equations, the reward and what is
/// observed once; a single environment is a batch of one, and has the same bits.
protocol KernelEnvironment: Environment {
  /// Runs the kernel of the task.
  ///
  /// - Parameter rows: The environments. A `State` is to be nothing but doubles, in
  ///   the order in which the kernel reads them.
  /// - Returns: What the kernel returned: −1 if all is well.
  func run(_ rows: control_rows) -> Int
}

extension KernelEnvironment {
  /// Advances a state by one step.
  public func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    var (reward, terminated) = (0.0, false)
    withUnsafeMutablePointer(to: &reward) { reward in
      withUnsafeMutablePointer(to: &terminated) { terminated in
        withUnsafeMutablePointer(to: &state) { state in
          action.withUnsafeBufferPointer { action in
            runChecked(
              control_rows(
                count: 1, state_count: numberCount, action_count: action.count,
                observation_count: 0, states: numbers(of: state), actions: action.baseAddress,
                observations: nil, rewards: reward, terminated: terminated))
          }
        }
      }
    }
    return Outcome(reward: reward, terminated: terminated)
  }

  /// Writes what can be observed of a state.
  public func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    var state = state
    withUnsafeMutablePointer(to: &state) { state in
      observation.withUnsafeMutableBufferPointer { observation in
        runChecked(
          control_rows(
            count: 1, state_count: numberCount, action_count: 0,
            observation_count: observation.count, states: numbers(of: state), actions: nil,
            observations: observation.baseAddress, rewards: nil, terminated: nil))
      }
    }
  }

  /// Steps all rows, so many at a time that what they touch stays in the nearest cache.
  public func step(_ rows: EnvironmentRows<State>, through buffers: StepBuffers) {
    let most = 256
    // No more than is needed, since up to 1024 bytes are taken from the stack, and more is allocated.
    withUnsafeTemporaryAllocation(of: Double.self, capacity: min(most, rows.count)) { rewards in
      for first in stride(from: 0, to: rows.count, by: most) {
        let range = first..<min(first + most, rows.count)
        runChecked(
          control_rows(
            count: range.count, state_count: numberCount, action_count: rows.actionCount,
            observation_count: rows.observationCount, states: numbers(of: rows.states + first),
            actions: buffers.actions + first * rows.actionCount,
            observations: buffers.observations + first * rows.observationCount,
            rewards: rewards.baseAddress, terminated: terminated(buffers.endings + first)))
        conclude(range, rewards: rewards, in: rows, through: buffers)
      }
    }
  }

  /// Of how many numbers a state is made.
  private var numberCount: Int { MemoryLayout<State>.size / MemoryLayout<Double>.size }

  /// The numbers that states are made of.
  private func numbers(of states: UnsafeMutablePointer<State>) -> UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(states).assumingMemoryBound(to: Double.self)
  }

  /// Endings as a kernel writes them: a byte that is 1 where the task is over and 0 elsewhere, the raw
  /// values of `terminated` and `none`.
  private func terminated(_ endings: UnsafeMutablePointer<Ending>) -> UnsafeMutablePointer<Bool> {
    UnsafeMutableRawPointer(endings).assumingMemoryBound(to: Bool.self)
  }

  private func runChecked(_ rows: control_rows) {
    let row = run(rows)
    guard row != -1 else { return }
    require(
      row >= 0,
      "\(name) was given an action of \(rows.action_count) numbers, or an observation of "
        + "\(rows.observation_count); it has actions of \(actionSpace.componentCount) and "
        + "observations of \(observationSpace.count).")
    guard case .discrete(let count) = actionSpace, let actions = rows.actions else { return }
    // One of the actions from here on is wrong, and says so itself.
    let rest = UnsafeBufferPointer(start: actions + row, count: rows.count - row).span
    for index in rest.indices { _ = rest.choice(among: count, component: index) }
  }
}
