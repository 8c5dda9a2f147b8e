import EnvironmentKit
import Foundation
import RandomStreams
import Testing

@testable import PolicyOptimization

/// A place that an object keeps: who copies the object's owner does not copy the place.
final class Place: Codable, @unchecked Sendable {
  // Only one thread at a time steps a state.
  var position = 0.0
}

/// A walk whose state is an object, or a struct around one.
private struct Walk: Environment {
  let name = "Walk"
  let observationSpace = BoxSpace(symmetric: [.infinity])
  let actionSpace = ActionSpace.discrete(count: 2)
  let timeLimit: Int? = 25

  func initialState(using generator: inout RandomStream) -> Place { Place() }

  func step(
    _ state: inout Place, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state.position += (action[0] == 1 ? 1 : -1) + 0.1 * generator.normal()
    return Outcome(reward: -abs(state.position), terminated: false)
  }

  func observe(_ state: Place, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.position)
  }
}

/// The same with a struct around the object.
private struct WrappedWalk: Environment {
  struct State: Codable, Sendable {
    var place: Place
  }

  private let walk = Walk()
  let name = "WrappedWalk"
  var observationSpace: BoxSpace { walk.observationSpace }
  var actionSpace: ActionSpace { walk.actionSpace }
  var timeLimit: Int? { walk.timeLimit }
  let hasReferenceState = true

  func initialState(using generator: inout RandomStream) -> State { State(place: Place()) }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome { walk.step(&state.place, action: action, using: &generator) }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    walk.observe(state.place, into: &observation)
  }
}

@Suite("A run in environments that have objects as states")
struct ReferenceStateTests {
  static let environments: [any Environment] = [
    Walk(), WrappedWalk(), Walk().stackingFrames(2), WrappedWalk().limited(to: 9).stackingFrames(2),
  ]

  @Test(
    "finishes an iteration before it stops, and goes on as if it had not",
    arguments: 0..<environments.count)
  func resumes(number: Int) throws {
    try check(Self.environments[number])
  }

  private func check(_ environment: any BatchableEnvironment) throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 600
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 15
    hyperparameters.minibatchSize = 20
    hyperparameters.updateEpochs = 2
    hyperparameters.hiddenSizes = [4]
    hyperparameters.evaluationInterval = 0
    let whole = try Trainer(environment, hyperparameters, seed: 1, threads: 2)
    #expect(!whole.canTakeBack)
    try whole.train()
    let interrupted = try Trainer(environment, hyperparameters, seed: 1, threads: 2)
    var questions = 0
    try interrupted.train(until: {
      questions += 1
      return questions > 3
    })
    #expect(interrupted.timestep > 0 && !interrupted.isFinished)
    let resumed = try Trainer(
      environment, resuming: Checkpoint(interrupted.checkpoint.file.data), threads: 1)
    try resumed.train()
    #expect(try resumed.checkpoint.file.data == whole.checkpoint.file.data)
  }
}
