import EnvironmentKit
import Foundation
import Testing

@testable import ControlEnvironments

@Suite("The mechanics of cart and pole, swinging freely")
struct CartPoleSwingUpTests {
  /// A machine without an end of the track, in small steps of time.
  private static func machine(timeStep: Double) -> CartPoleSwingUp {
    var machine = CartPoleSwingUp()
    machine.timeStep = timeStep
    machine.positionLimit = .infinity
    return machine
  }

  private static let fast = CartPole.State(
    position: 0.3, velocity: -0.4, angle: 2.1, angularVelocity: 3)

  /// Cart, and rod of uniform mass, from their velocities: nothing of the equations of motion.
  private func energy(_ state: CartPole.State, of machine: CartPoleSwingUp) -> Double {
    let length = machine.poleHalfLength
    let middleX = state.velocity + length * cos(state.angle) * state.angularVelocity
    let middleY = -length * sin(state.angle) * state.angularVelocity
    let spin = state.angularVelocity * state.angularVelocity * length * length / 3
    let kinetic =
      machine.cartMass * state.velocity * state.velocity
      + machine.poleMass * (middleX * middleX + middleY * middleY + spin)
    return kinetic / 2 + machine.poleMass * machine.gravity * length * cos(state.angle)
  }

  private func momentum(_ state: CartPole.State, of machine: CartPoleSwingUp) -> Double {
    let middleX =
      state.velocity + machine.poleHalfLength * cos(state.angle) * state.angularVelocity
    return machine.cartMass * state.velocity + machine.poleMass * middleX
  }

  @Test("Without a force energy and momentum stay what they are")
  func conserves() {
    let machine = Self.machine(timeStep: 0.001)
    var state = Self.fast
    for _ in 0..<4_300 { _ = machine.step(&state, action: [0]) }
    #expect(abs(energy(state, of: machine) - energy(Self.fast, of: machine)) < 1e-9)
    #expect(abs(momentum(state, of: machine) - momentum(Self.fast, of: machine)) < 1e-9)
    #expect(abs(state.angle - Self.fast.angle) > 1, "the pole did move")
  }

  @Test("The error is of fourth order: half the step of time leaves a sixteenth")
  func convergesInFourthOrder() {
    func end(steps: Int) -> [Double] {
      let machine = Self.machine(timeStep: 0.8 / Double(steps))
      var state = Self.fast
      for _ in 0..<steps { _ = machine.step(&state, action: [0.5]) }
      return state.components
    }
    let exact = end(steps: 2_560)
    let ratio =
      largestDifference(end(steps: 40), exact) / largestDifference(end(steps: 80), exact)
    #expect(12 < ratio && ratio < 22, "\(ratio)")
  }

  @Test("What is mirrored moves as the mirror image, to the bit")
  func isSymmetric() {
    let machine = CartPoleSwingUp()
    func mirrored(_ state: CartPole.State) -> CartPole.State {
      CartPole.State(
        position: -state.position, velocity: -state.velocity, angle: -state.angle,
        angularVelocity: -state.angularVelocity)
    }
    var (state, image) = (Self.fast, mirrored(Self.fast))
    for step in 0..<200 {
      let action = Float(step % 7) / 4 - 0.6
      let outcome = machine.step(&state, action: [action])
      #expect(machine.step(&image, action: [-action]) == outcome)
      #expect(image == mirrored(state))
      if outcome.terminated { break }
    }
  }

  @Test("Upright and hanging at rest, it stays; upright leaning, it falls")
  func hasEquilibria() {
    let machine = CartPoleSwingUp()
    let upright = CartPole.State(position: 0, velocity: 0, angle: 0, angularVelocity: 0)
    var state = upright
    for _ in 0..<500 { #expect(machine.step(&state, action: [0]).reward == 1) }
    #expect(state == upright)

    var hanging = CartPole.State(position: 0, velocity: 0, angle: .pi, angularVelocity: 0)
    for _ in 0..<500 { #expect(machine.step(&hanging, action: [0]).reward < 1e-20) }
    #expect(abs(hanging.angle - .pi) < 1e-12)

    var leaning = CartPole.State(position: 0, velocity: 0, angle: 1e-6, angularVelocity: 0)
    for _ in 0..<250 { _ = machine.step(&leaning, action: [0]) }
    #expect(leaning.angle > 0.1)
  }

  @Test("On a cart that cannot be moved the pole swings with the period of a rod")
  func swingsLikeRod() {
    var machine = Self.machine(timeStep: 0)
    machine.cartMass = 1e9
    let period = 2 * Double.pi * sqrt(4 * machine.poleHalfLength / (3 * machine.gravity))
    machine.timeStep = period / 400
    let start = CartPole.State(position: 0, velocity: 0, angle: .pi + 0.001, angularVelocity: 0)
    var state = start
    for _ in 0..<200 { _ = machine.step(&state, action: [0]) }
    #expect(abs(state.angle - (.pi - 0.001)) < 1e-8, "on the other side after half a period")
    for _ in 0..<200 { _ = machine.step(&state, action: [0]) }
    #expect(abs(state.angle - start.angle) < 1e-8)
  }

  @Test("The force is the action's part of the largest, and clipped")
  func clipsActions() {
    let machine = CartPoleSwingUp()
    let rest = CartPole.State(position: 0, velocity: 0, angle: .pi, angularVelocity: 0)
    var (full, beyond, half) = (rest, rest, rest)
    _ = machine.step(&full, action: [1])
    _ = machine.step(&beyond, action: [2.5])
    _ = machine.step(&half, action: [0.5])
    #expect(full == beyond)
    #expect(abs(half.velocity / full.velocity - 0.5) < 0.01)
  }

  @Test("The end of the track ends the episode and earns nothing")
  func endsAtEndOfTrack() {
    let machine = CartPoleSwingUp()
    var state = CartPole.State(position: 2.39, velocity: 2, angle: 0, angularVelocity: 0)
    #expect(machine.step(&state, action: [0]) == Outcome(reward: 0, terminated: true))
  }
}
