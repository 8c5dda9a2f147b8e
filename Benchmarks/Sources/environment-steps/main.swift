// Steps of the built-in environments per second on one core, with random actions.
//
//     swift run -c release --package-path Benchmarks environment-steps [environment] [copies]
//
// Counted are drawing the actions, the steps, new episodes, and the statistics of those that ended.
// Times are of the processor, not of the clock, since other programs may run beside.

import ControlEnvironments
import EnvironmentKit
import Foundation
import RandomStreams

/// What the episodes earned that ended during a measurement.
struct Ended {
  var count = 0
  var returns = 0.0

  /// Adds the episodes that a step ended.
  mutating func add(_ arrays: StepArrays) {
    for row in arrays.endedRows {
      count += 1
      returns += arrays.episodeReturns[row]
    }
  }
}

/// The steps per second of some repetitions, in the order of their size.
func rates<Base: Environment>(
  of base: Base, copies: Int, repetitions: Int, ended: inout Ended
) -> [Double] {
  let environments = VectorEnvironment(base, count: copies, seed: 1)
  let arrays = StepArrays(for: environments)
  let (buffers, actionSpace) = (arrays.buffers(), base.actionSpace)
  var generator = RandomStream(seed: 1, purpose: .action, index: 0)
  let steps = max(100, 4_000_000 / copies)
  return (0...repetitions).map { _ in
    let start = clock()
    for _ in 0..<steps {
      actionSpace.sample(into: arrays.actions, using: &generator)
      environments.step(0..<copies, through: buffers)
      ended.add(arrays)
    }
    let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
    return Double(steps * copies) / seconds
  }.dropFirst().sorted()  // the first one warms up
}

let arguments = CommandLine.arguments.dropFirst()
let name = arguments.first
let copies = arguments.dropFirst().first.flatMap(Int.init).map { [$0] } ?? [1, 64, 4096]
let environments =
  try name.map { [try EnvironmentRegistry.builtIn.environment(named: $0)] }
  ?? EnvironmentRegistry.builtIn.environments

print("| environment | copies | million steps/s | lowest to highest | mean return |")
print("| --- | --- | --- | --- | --- |")
for environment in environments {
  for copies in copies {
    var ended = Ended()
    let rates = rates(of: environment, copies: copies, repetitions: 7, ended: &ended)
      .map { String(format: "%.1f", $0 / 1e6) }
    let mean = String(format: "%.1f", ended.returns / Double(max(ended.count, 1)))
    print(
      "| \(environment.name) | \(copies) | \(rates[3]) | \(rates[0]) to \(rates[6]) | \(mean) |")
  }
}
