import ControlEnvironments
import EnvironmentKit
import Foundation
import RandomStreams

/// Steps of the built-in environments a second on one core, with random actions.
///
/// Counted are drawing the actions, the steps, new episodes, and the statistics of those that ended.
/// Times are of the processor, not of the clock, since other programs may run beside.
struct EnvironmentSpeed {
  let journal: Journal

  func measure() throws {
    for environment in EnvironmentRegistry.builtIn.environments {
      for copies in [1, 64, 4096] { try measure(environment, copies: copies) }
    }
  }

  private func measure(_ base: any BatchableEnvironment, copies: Int) throws {
    let environments = try base.makeBatch(
      of: 0..<copies, seed: 1, purpose: .environment, afterEnd: .restart)
    let arrays = StepArrays(for: base, count: copies)
    let (buffers, actionSpace) = (arrays.buffers(), base.actionSpace)
    var generator = RandomStream(seed: 1, purpose: .action, index: 0)
    var ended = (count: 0, returns: 0.0)
    let steps = max(100, 4_000_000 / copies)
    try journal.measure(
      base.name, setting: "\(copies) copies", unit: "million steps/s"
    ) { _ in
      let start = clock()
      for _ in 0..<steps {
        actionSpace.sample(into: arrays.actions, using: &generator)
        try environments.step(0..<copies, through: buffers)
        for row in arrays.endedRows {
          ended.count += 1
          ended.returns += arrays.episodeReturns[row]
        }
      }
      let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
      return (Double(steps * copies) / seconds / 1e6, nil)
    }
    precondition(ended.count == 0 || ended.returns.isFinite, "Returns of \(base.name) overflowed.")
  }
}
