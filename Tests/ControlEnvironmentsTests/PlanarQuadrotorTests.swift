import EnvironmentKit
import Foundation
import Testing

@testable import ControlEnvironments

@Suite("The mechanics of the planar quadrotor")
struct PlanarQuadrotorTests {
  private typealias State = PlanarQuadrotor.State

  private static let tumbling = State(
    x: 0.5, y: -0.3, angle: 0.7, velocityX: 1, velocityY: 2, angularVelocity: 3)

  private func energy(_ state: State, of drone: PlanarQuadrotor) -> Double {
    let squaredSpeed = state.velocityX * state.velocityX + state.velocityY * state.velocityY
    let turning = drone.inertia * state.angularVelocity * state.angularVelocity
    return (drone.mass * squaredSpeed + turning) / 2 + drone.mass * drone.gravity * state.y
  }

  @Test("Without thrust it falls along a parabola and turns evenly")
  func fallsFreely() {
    var drone = PlanarQuadrotor()
    drone.thrustRange = 1
    let start = Self.tumbling
    var state = start
    for _ in 0..<50 { _ = drone.step(&state, action: [-1, -1]) }
    let time = 50 * drone.timeStep
    #expect(abs(state.x - (start.x + start.velocityX * time)) < 1e-12)
    let height = start.y + start.velocityY * time - drone.gravity * time * time / 2
    #expect(abs(state.y - height) < 1e-12)
    #expect(abs(state.angle - (start.angle + start.angularVelocity * time)) < 1e-12)
    #expect(abs(energy(state, of: drone) - energy(start, of: drone)) < 1e-12)
  }

  @Test("The work of the rotors is what the energy grows by")
  func thrustDoesWork() {
    var drone = PlanarQuadrotor()
    drone.timeStep = 1e-4
    let action: [Float] = [0.25, 0.0625]
    let thrusts = action.map {
      drone.mass * drone.gravity / 2 * (1 + drone.thrustRange * Double($0))
    }
    let (right, left) = (thrusts[0], thrusts[1])
    func power(_ state: State) -> Double {
      let rise = -sin(state.angle) * state.velocityX + cos(state.angle) * state.velocityY
      return (right + left) * rise + drone.armLength * (right - left) * state.angularVelocity
    }
    var state = Self.tumbling
    var work = 0.0
    for _ in 0..<5_000 {
      let before = power(state)
      _ = drone.step(&state, action: action)
      work += (before + power(state)) / 2 * drone.timeStep
    }
    let gain = energy(state, of: drone) - energy(Self.tumbling, of: drone)
    #expect(abs(gain - work) < 1e-6, "the sum over trapezoids is off by the square of the step")
    #expect(abs(work) > 0.1)
  }

  @Test("Level and at rest it hovers with an action of 0")
  func hovers() {
    let drone = PlanarQuadrotor()
    let level = State(x: 0, y: 0, angle: 0)
    var state = level
    for _ in 0..<500 {
      #expect(drone.step(&state, action: [0, 0]) == Outcome(reward: 1, terminated: false))
    }
    #expect(state == level)
  }

  @Test("More thrust lifts it, more thrust on the right turns it counter-clockwise")
  func answersThrust() {
    let drone = PlanarQuadrotor()
    var (rising, turning) = (State(x: 0, y: 0, angle: 0), State(x: 0, y: 0, angle: 0))
    for _ in 0..<10 {
      _ = drone.step(&rising, action: [1, 1])
      _ = drone.step(&turning, action: [0.5, -0.5])
    }
    let time = 10 * drone.timeStep
    let lift = drone.gravity * Double(Float(drone.thrustRange)) * time
    #expect(abs(rising.velocityY - lift) < 1e-6 && rising.velocityX == 0 && rising.angle == 0)
    #expect(turning.angle > 0.05 && turning.velocityX < 0, "it leans to the left and goes there")
  }

  @Test("What is mirrored moves as the mirror image, to the bit")
  func isSymmetric() {
    let drone = PlanarQuadrotor()
    func mirrored(_ state: State) -> State {
      State(
        x: -state.x, y: state.y, angle: -state.angle, velocityX: -state.velocityX,
        velocityY: state.velocityY, angularVelocity: -state.angularVelocity)
    }
    var (state, image) = (Self.tumbling, mirrored(Self.tumbling))
    for step in 0..<60 {
      let (right, left) = (Float(step % 5) / 2 - 1, Float(step % 3) - 1)
      _ = drone.step(&state, action: [right, left])
      _ = drone.step(&image, action: [left, right])
      #expect(image == mirrored(state))
    }
  }

  @Test("The reward is a half at the precision, and borders end the episode")
  func earnsAndEnds() {
    var drone = PlanarQuadrotor()
    drone.timeStep = 0
    var near = State(x: 0.3, y: -0.4, angle: 0)
    #expect(abs(drone.step(&near, action: [0, 0]).reward - 0.5) < 1e-15)
    for state in [
      State(x: 3.01, y: 0, angle: 0), State(x: 0, y: -3.01, angle: 0),
      State(x: 0, y: 0, angle: -1.6),
    ] {
      var state = state
      #expect(drone.step(&state, action: [0, 0]).terminated)
    }
  }
}
