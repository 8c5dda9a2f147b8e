import RandomStreams
import TensorCore

/// The random numbers that a policy keeps for some steps, for each environment.
///
/// They are addressed by the step at which they are drawn, so neither threads nor an interruption of
/// the run change them.
final class ExplorationNoise: @unchecked Sendable {
  // Threads draw for disjoint environments.

  private let schedule: ExplorationSchedule
  private let purpose: RandomStream.Purpose
  private let numbers: Buffer

  /// Memory for the numbers of some environments; `nil` if the network keeps none.
  init?(
    for network: any PolicyNetwork, environments: Int, purpose: RandomStream.Purpose
  ) {
    guard let schedule = network.exploration else { return nil }
    self.schedule = schedule
    self.purpose = purpose
    numbers = Buffer(count: environments * schedule.numbersPerEnvironment)
  }

  /// Draws the numbers of some environments if it is time to.
  ///
  /// - Parameters:
  ///   - range: The environments.
  ///   - seed: The seed of the run.
  ///   - step: How many steps were taken since the start of the rollout.
  ///   - draw: How many steps each environment has taken in all; addresses the numbers.
  func update(_ range: Range<Int>, seed: UInt64, step: Int, draw: Int) {
    guard schedule.lastDraw(atOrBefore: step) == step else { return }
    for environment in range {
      fill(environment, seed: seed, environment: environment, step: draw)
    }
  }

  /// Draws the numbers of a row again: those that an environment has at a step of an evaluation.
  func fill(_ row: Int, seed: UInt64, environment: Int, evaluationStep step: Int) {
    fill(
      row, seed: seed, environment: environment, step: schedule.lastDraw(atOrBefore: step))
  }

  private func fill(_ row: Int, seed: UInt64, environment: Int, step: Int) {
    let count = schedule.numbersPerEnvironment
    // A normal number takes two words.
    var stream = RandomStream(
      seed: seed, purpose: purpose, index: environment, position: UInt64(step) * UInt64(2 * count))
    for index in 0..<count { numbers.pointer[row * count + index] = Float(stream.normal()) }
  }

  /// The numbers of an environment and of those behind it.
  func numbers(from environment: Int) -> UnsafePointer<Float> {
    UnsafePointer(numbers.pointer + environment * schedule.numbersPerEnvironment)
  }
}

extension ExplorationSchedule {
  /// The last step at which numbers are drawn, counted like `step` from the start of a rollout.
  fileprivate func lastDraw(atOrBefore step: Int) -> Int {
    stepsBetweenDraws.map { step - step % $0 } ?? 0
  }
}
