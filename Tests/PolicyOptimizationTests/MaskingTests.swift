import EnvironmentKit
import PolicyKinds
import RandomStreams
import TensorCore
import Testing

@testable import PolicyOptimization

@Suite("Invalid actions")
struct MaskingTests {
  @Test("are never taken, in training and in evaluation", arguments: [[4], [3, 2]])
  func areNeverTaken(counts: [Int]) throws {
    let environment = Trapdoors(counts: counts)
    let trainer = try train(environment)
    // An invalid action would have cost 100 and ended the episode.
    #expect(trainer.meanReturn == 20)
    for isStochastic in [false, true] {
      let evaluation = try trainer.policy.evaluate(
        in: environment, episodes: 50, seed: 1, isStochastic: isStochastic)
      #expect(evaluation.returns == Array(repeating: 20, count: 50))
    }
  }

  @Test("are taken where nothing forbids them", arguments: [[4], [3, 2]])
  func areTakenWithoutMask(counts: [Int]) throws {
    let trainer = try train(Trapdoors(counts: counts, hasActionMask: false))
    #expect(try #require(trainer.meanReturn) < -80)
  }

  private func train(_ environment: Trapdoors) throws -> Trainer {
    let trainer = try Trainer(
      environment, PolicyKind.all[0].hyperparameters, seed: 1, threads: 2)
    try trainer.train()
    return trainer
  }

  @Test("stop a run where there are no others, in a sentence", arguments: 1...3)
  func stopRunWithoutOthers(threads: Int) throws {
    var hyperparameters = PolicyKind.all[0].hyperparameters
    hyperparameters.evaluationInterval = 0
    let trainer = try Trainer(DeadEnd(), hyperparameters, seed: 1, threads: threads)
    let environments = try #require(
      trainer.collector.environments as? VectorEnvironment<DeadEnd>)
    let ends = (0..<environments.count).map { environments.state(of: $0).last }
    let first = try #require(ends.indices.min { ends[$0] < ends[$1] })
    let error = #expect(throws: TrainingError.self) { try trainer.train() }
    #expect(
      error?.description == """
        Environment \(first) allows no choice of component 1 of the action, at timestep \
        \(5 * ends[first]) of the run; at least one must be valid. Check it with EnvironmentChecker. \
        The iteration began at timestep 300; the seed is 1.
        """)
    #expect(trainer.timestep == 300)
  }

  private let mask: [Float] = [1, 0, 1, 0, 0]

  @Test("are not drawn, however probable they would be")
  func areNotDrawn() {
    let rows = 20_000
    let tape = Tape(isRecording: false)
    let distribution = Categorical(
      scores: tape.constant(
        Tensor(shape: [rows, 5], Array((0..<rows).map { _ in [0, 30, 1, -9, 40] }.joined())))
    ).masked(
      by: tape.constant(
        Tensor(shape: [rows, 5], Array((0..<rows).map { _ in mask }.joined()))))
    var actions = [Float](repeating: .nan, count: rows)
    distribution.sample(to: &actions) { row in
      RandomStream(seed: 5, purpose: .action, index: row)
    }
    #expect(Set(actions) == [0, 2])
    distribution.writeMode(to: &actions)
    #expect(Set(actions) == [2])
  }

  @Test("are not drawn where rounding leaves a rest for the last choice")
  func lastChoiceIsNotDrawn() {
    // The probabilities add up to a little less than 1; the rest belongs to nobody.
    let probabilities: [Float] = [0, 0.25, 0.5, 0, 0]
    var drawn: Set<Int> = []
    for index in 0..<100 {
      var stream = RandomStream(seed: 1, purpose: .action, index: index)
      drawn.insert(drawnChoice(probabilities, 5, using: &stream))
    }
    #expect(drawn == [1, 2])
  }

  @Test("get no gradient at all, neither from the probability nor from the entropy")
  func getNoGradient() {
    let tape = Tape()
    let scores = tape.variable(Tensor(shape: [1, 5], [0.3, 7, -1, 0.2, 9]))
    let distribution = Categorical(scores: scores)
      .masked(by: tape.constant(Tensor(shape: [1, 5], mask)))
    let action = tape.constant(Tensor(shape: [1, 1], [2]))
    for output in [distribution.logProbability(of: action), distribution.entropy()] {
      tape.pullback([(output, 1)])
      let gradient = tape.gradient(of: scores).numbers
      for choice in [1, 3, 4] { #expect(gradient[choice] == 0) }
      for choice in [0, 2] { #expect(abs(gradient[choice]) > 0.01) }
    }
  }
}

/// Walks into a dead end, in which nothing can be chosen.
private struct DeadEnd: Environment {
  struct State: Sendable, Codable {
    var steps = 0
    let last: Int
  }

  let name = "DeadEnd"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  let actionSpace = ActionSpace.multiDiscrete(counts: [2, 3])
  let timeLimit: Int? = 1_000
  let hasActionMask = true

  func initialState(using generator: inout RandomStream) -> State {
    State(last: 60 + generator.integer(below: 30))
  }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state.steps += 1
    return Outcome(reward: 0, terminated: false)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) { observation[0] = 0 }

  func writeActionMask(of state: State, into mask: inout MutableSpan<Bool>) {
    for choice in 2..<5 where state.steps >= state.last { mask[choice] = false }
  }
}

/// Takes any real number.
struct Unbounded: Environment {
  let name = "Unbounded"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  let actionSpace = ActionSpace.box(BoxSpace(symmetric: [1, .infinity]))
  let timeLimit: Int? = 10
  var hasActionMask = false

  func initialState(using generator: inout RandomStream) -> Int { 0 }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome { Outcome(reward: 0, terminated: false) }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) { observation[0] = 0 }
}
