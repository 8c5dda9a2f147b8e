import EnvironmentKit
import NeuralNetworks
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

/// What a recurrent network remembers between steps, episodes and rollouts.
@Suite("A rollout of a recurrent policy")
struct RecurrentRolloutTests {
  private let environment = Counter()
  private let steps = 24
  private let count = 3

  private func makeTrainer(threads: Int = 2) throws -> Trainer {
    var hyperparameters = Hyperparameters()
    hyperparameters.environmentCount = count
    hyperparameters.stepsPerRollout = steps
    hyperparameters.totalTimesteps = steps * count
    hyperparameters.minibatchSize = 2 * 4
    hyperparameters.sequenceLength = 4
    hyperparameters.hiddenSizes = [5]
    hyperparameters.recurrence = .gru
    hyperparameters.recurrentSize = 6
    return try Trainer(environment, hyperparameters, seed: 3, threads: threads)
  }

  private func collect(_ trainer: Trainer, firstStep: Int) throws {
    trainer.rollout.beginNext()
    _ = try trainer.collector.collect(
      into: trainer.rollout, parameters: trainer.update.parameters, normalizer: nil,
      firstStep: firstStep)
  }

  @Test("remembers each episode from its start and nothing of the one before")
  func remembersEpisodes() throws {
    let trainer = try makeTrainer()
    try collect(trainer, firstStep: 0)
    let first = replay(trainer, from: Array(repeating: [], count: count))
    // The second rollout goes on in the middle of episodes.
    try collect(trainer, firstStep: steps)
    _ = replay(trainer, from: first)
    #expect(first.contains { !$0.isEmpty })
  }

  /// Computes everything again for each episode alone, from all that was seen in it, and compares.
  ///
  /// - Parameters:
  ///   - trainer: With a rollout.
  ///   - histories: What was seen before in the running episode of each environment.
  /// - Returns: The same after the rollout.
  private func replay(_ trainer: Trainer, from histories: [[Float]]) -> [[Float]] {
    let rollout = trainer.rollout
    var histories = histories
    var truncations = 0
    for row in 0..<rollout.rowCount {
      let environment = row % count
      if row / count % 4 == 0 {
        let memory = output(trainer, histories[environment])?.memory?.tensor.numbers
        let sequence = row / count / 4 * count + environment
        let recorded = Array(rollout.memories.array[sequence * 12..<(sequence + 1) * 12])
        #expect(recorded == memory ?? Array(repeating: 0, count: 12))
      }
      histories[environment].append(rollout.observations[row])
      let output = output(trainer, histories[environment])
      #expect(output?.value.tensor.numbers.last == rollout.values[row])
      guard rollout.endings[row] != .none else { continue }
      if rollout.endings[row] == .truncated {
        let last = Counter.observation(steps: histories[environment].count)
        let value = self.output(trainer, histories[environment] + [last])?.value.tensor.numbers.last
        #expect(value == rollout.finalValues[row])
        truncations += 1
      }
      histories[environment] = []
    }
    #expect(truncations > 0)
    for environment in 0..<count {
      let row = rollout.rowCount + environment
      let value = output(trainer, histories[environment] + [rollout.observations[row]])?.value
      #expect(value?.tensor.numbers.last == rollout.values[row])
    }
    return histories
  }

  /// What the network says of an episode; `nil` if nothing was seen yet.
  private func output(_ trainer: Trainer, _ seen: [Float]) -> PolicyOutput? {
    guard !seen.isEmpty else { return nil }
    let tape = Tape()
    tape.reset(parameters: trainer.update.parameters)
    let nothing = tape.constant(Tensor(shape: [1, trainer.network.memoryCount], repeating: 0))
    return trainer.network(
      tape.constant(Tensor(shape: [seen.count, 1], seen)),
      from: SequenceMemory(steps: seen.count, states: nothing), on: tape)
  }

  @Test("is cut into sequences that are learnt from as they were lived")
  func sequencesAreWhole() throws {
    let trainer = try makeTrainer()
    try collect(trainer, firstStep: 0)
    let (rollout, minibatch) = (trainer.rollout, trainer.minibatch)
    #expect(rollout.sequenceCount == 18)
    minibatch.select([16, 4], normalizesAdvantages: false)
    #expect(minibatch.count == 8)
    let tape = Tape()
    let rows = minibatch.rows(0..<8, on: tape)
    // Sequence 16 is the sixth of environment 1, sequence 4 its second.
    #expect(Array(rows.indices) == [61, 13, 64, 16, 67, 19, 70, 22])
    let memory = try #require(rows.input.memory)
    #expect(memory.steps == 4)
    #expect(
      memory.states.tensor.numbers
        == Array(
          rollout.memories.array[16 * 12..<17 * 12] + rollout.memories.array[4 * 12..<5 * 12]))
    let marks = try #require(memory.continues).tensor.numbers
    for (index, row) in rows.indices.enumerated() where index >= 2 {
      let before = Int(row) - count
      #expect((marks[index] == 0) == (rollout.endings[before] != .none))
    }
    #expect(marks.contains(0))
    #expect(rows.observations.tensor.numbers == rows.indices.map { rollout.observations[Int($0)] })
  }

  @Test("lets every row be learnt from once an epoch")
  func rowsAreLearntFromOnce() throws {
    let trainer = try makeTrainer()
    try collect(trainer, firstStep: 0)
    var seen: [Int32] = []
    for first in stride(from: 0, to: Int32(18), by: 2) {
      trainer.minibatch.select([first, first + 1], normalizesAdvantages: false)
      seen += Array(trainer.minibatch.rows(0..<8, on: Tape()).indices)
    }
    #expect(seen.sorted() == Array(0..<72))
  }
}

/// Shows how many steps an episode has taken; chance or the limit of 7 ends it.
private struct Counter: Environment {
  let name = "Counter"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  let actionSpace = ActionSpace.discrete(count: 2)
  let timeLimit: Int? = 7

  static func observation(steps: Int) -> Float { Float(steps + 1) / 8 }

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state += 1
    return Outcome(reward: Double(action[0]), terminated: generator.uniform() < 0.1)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
    observation[0] = Self.observation(steps: state)
  }
}
