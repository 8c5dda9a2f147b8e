import ControlEnvironments
import EnvironmentKit
import Testing

/// A state that can be set from, and compared with, the columns `state0`, `state1`, … of a
/// recording.
protocol RecordedState {
  init(recorded: [Double])
  var components: [Double] { get }
}

@Suite("Environments equal Gymnasium's, step by step")
struct GymnasiumTests {
  /// Takes every recorded step from its recorded state and compares all that comes of it.
  ///
  /// - Parameters:
  ///   - environment: The environment whose recording is followed.
  ///   - tolerance: The largest difference of an observation or a reward.
  ///   - stateTolerance: The largest difference of a state; the next row holds the right one.
  /// - Throws: If the recording cannot be read.
  func follow<Base: Environment>(_ environment: Base, tolerance: Double, stateTolerance: Double)
    throws where Base.State: RecordedState
  {
    let recording = try GymnasiumRecording(of: environment.name)
    let limit = try #require(environment.timeLimit)
    for episode in recording.episodes {
      for (index, step) in episode.enumerated() {
        var state = Base.State(recorded: step.state)
        let outcome = environment.step(&state, action: step.action)
        let place = "\(environment.name), episode \(step.episode), step \(step.index)"
        let observation = environment.observation(of: state)
        #expect(
          largestDifference(observation, step.observation) <= Float(tolerance),
          "\(place): \(observation) is not \(step.observation)")
        #expect(abs(outcome.reward - step.reward) <= tolerance, "\(place)")
        #expect(outcome.terminated == step.terminated, "\(place)")
        #expect((index + 1 == limit && !outcome.terminated) == step.truncated, "\(place)")
        if index + 1 < episode.count {
          let difference = largestDifference(state.components, episode[index + 1].state)
          #expect(difference <= stateTolerance, "\(place): the state is off by \(difference)")
        }
      }
    }
  }

  @Test("CartPole-v1")
  func cartPole() throws {
    try follow(CartPole(), tolerance: 1e-6, stateTolerance: 1e-13)
  }

  @Test("Acrobot-v1")
  func acrobot() throws {
    try follow(Acrobot(), tolerance: 1e-5, stateTolerance: 1e-13)
  }

  @Test("MountainCar-v0")
  func mountainCar() throws {
    try follow(MountainCar(), tolerance: 1e-5, stateTolerance: 1e-15)
  }

  @Test("MountainCarContinuous-v0, whose states Gymnasium rounds to single precision")
  func mountainCarContinuous() throws {
    try follow(MountainCarContinuous(), tolerance: 1e-5, stateTolerance: 1e-7)
  }

  @Test("Pendulum-v1, whose torque Gymnasium keeps in single precision")
  func pendulum() throws {
    try follow(Pendulum(), tolerance: 1e-5, stateTolerance: 1e-7)
  }
}

extension CartPole.State: RecordedState {
  init(recorded: [Double]) {
    self.init(
      position: recorded[0], velocity: recorded[1], angle: recorded[2],
      angularVelocity: recorded[3])
  }
  var components: [Double] { [position, velocity, angle, angularVelocity] }
}

extension Acrobot.State: RecordedState {
  init(recorded: [Double]) {
    self.init(
      firstAngle: recorded[0], secondAngle: recorded[1], firstVelocity: recorded[2],
      secondVelocity: recorded[3])
  }
  var components: [Double] { [firstAngle, secondAngle, firstVelocity, secondVelocity] }
}

extension MountainCarState: RecordedState {
  init(recorded: [Double]) { self.init(position: recorded[0], velocity: recorded[1]) }
  var components: [Double] { [position, velocity] }
}

extension Pendulum.State: RecordedState {
  init(recorded: [Double]) { self.init(angle: recorded[0], angularVelocity: recorded[1]) }
  var components: [Double] { [angle, angularVelocity] }
}
