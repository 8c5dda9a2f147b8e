import EnvironmentKit
import Foundation
import Testing

@testable import ControlEnvironments

@Suite("The mechanics of the double pendulum on a cart")
struct CartDoublePendulumTests {
  private typealias State = CartDoublePendulum.State

  /// A machine that goes on whatever it does, in small steps of time.
  private static func machine(timeStep: Double = 0.0005) -> CartDoublePendulum {
    var machine = CartDoublePendulum()
    machine.timeStep = timeStep
    machine.positionLimit = .infinity
    machine.angleLimit = .infinity
    return machine
  }

  private static let fast = State(
    position: -0.2, firstAngle: 2.2, secondAngle: 3.9, velocity: 0.5, firstVelocity: 1.5,
    secondVelocity: -2)

  /// One rod: its mass, and the position and velocity of its middle.
  private struct Rod {
    var mass: Double
    var length: Double
    var spin: Double
    var height: Double
    var velocityX: Double
    var velocityY: Double

    /// The moving energy of the middle, the turning energy about it, and the energy of height.
    func energy(gravity: Double) -> Double {
      let squaredSpeed = velocityX * velocityX + velocityY * velocityY
      let turning = mass * length * length / 12 * spin * spin
      return (mass * squaredSpeed + turning) / 2 + mass * gravity * height
    }
  }

  /// Both rods, from the geometry alone.
  private func rods(_ state: State, of machine: CartDoublePendulum) -> [Rod] {
    let (length1, length2) = (machine.firstLength, machine.secondLength)
    let alongX = length1 * cos(state.firstAngle) * state.firstVelocity
    let alongY = -length1 * sin(state.firstAngle) * state.firstVelocity
    return [
      Rod(
        mass: machine.firstMass, length: length1, spin: state.firstVelocity,
        height: length1 / 2 * cos(state.firstAngle), velocityX: state.velocity + alongX / 2,
        velocityY: alongY / 2),
      Rod(
        mass: machine.secondMass, length: length2, spin: state.secondVelocity,
        height: length1 * cos(state.firstAngle) + length2 / 2 * cos(state.secondAngle),
        velocityX: state.velocity + alongX
          + length2 / 2 * cos(state.secondAngle) * state.secondVelocity,
        velocityY: alongY - length2 / 2 * sin(state.secondAngle) * state.secondVelocity),
    ]
  }

  private func energy(_ state: State, of machine: CartDoublePendulum) -> Double {
    rods(state, of: machine).reduce(machine.cartMass * state.velocity * state.velocity / 2) {
      $0 + $1.energy(gravity: machine.gravity)
    }
  }

  private func momentum(_ state: State, of machine: CartDoublePendulum) -> Double {
    rods(state, of: machine).reduce(machine.cartMass * state.velocity) {
      $0 + $1.mass * $1.velocityX
    }
  }

  @Test("Without a force energy and momentum stay what they are")
  func conserves() {
    let machine = Self.machine()
    var state = Self.fast
    for _ in 0..<4_000 { _ = machine.step(&state, action: [0]) }
    #expect(abs(energy(state, of: machine) - energy(Self.fast, of: machine)) < 1e-8)
    #expect(abs(momentum(state, of: machine) - momentum(Self.fast, of: machine)) < 1e-9)
    #expect(abs(state.secondAngle - Self.fast.secondAngle) > 1, "the rods did move")
  }

  @Test("The work of the force is what the energy grows by")
  func forceDoesWork() {
    let machine = Self.machine()
    var state = Self.fast
    let force = 0.3 * machine.forceLimit
    for _ in 0..<1_000 { _ = machine.step(&state, action: [0.3]) }
    let work = force * (state.position - Self.fast.position)
    let gain = energy(state, of: machine) - energy(Self.fast, of: machine)
    // The action is a number of single precision.
    #expect(abs(gain - work) < 1e-6 * abs(work))
    #expect(abs(work) > 0.1)
  }

  @Test("What is mirrored moves as the mirror image, to the bit")
  func isSymmetric() {
    let machine = Self.machine(timeStep: 0.02)
    func mirrored(_ state: State) -> State {
      State(
        position: -state.position, firstAngle: -state.firstAngle,
        secondAngle: -state.secondAngle, velocity: -state.velocity,
        firstVelocity: -state.firstVelocity, secondVelocity: -state.secondVelocity)
    }
    var (state, image) = (Self.fast, mirrored(Self.fast))
    for step in 0..<200 {
      let action = Float(step % 5) / 2 - 0.9
      _ = machine.step(&state, action: [action])
      _ = machine.step(&image, action: [-action])
      #expect(image == mirrored(state))
    }
  }

  @Test("Upright at rest it stays; hanging at rest it stays; upright leaning, it falls")
  func hasEquilibria() {
    let machine = Self.machine(timeStep: 0.02)
    let upright = State(position: 0.1, firstAngle: 0, secondAngle: 0)
    var state = upright
    for _ in 0..<500 { _ = machine.step(&state, action: [0]) }
    #expect(state == upright)

    var hanging = State(position: 0, firstAngle: .pi, secondAngle: .pi)
    for _ in 0..<500 { _ = machine.step(&hanging, action: [0]) }
    #expect(abs(hanging.firstAngle - .pi) < 1e-12 && abs(hanging.secondAngle - .pi) < 1e-12)

    var leaning = State(position: 0, firstAngle: 1e-6, secondAngle: 1e-6)
    for _ in 0..<250 { _ = machine.step(&leaning, action: [0]) }
    #expect(abs(leaning.firstAngle) > 0.1)
  }

  @Test("With an upper rod that weighs nothing, the lower one is the pole of the cart-pole")
  func reducesToCartPole() {
    var double = Self.machine(timeStep: 0.01)
    double.secondMass = 1e-12
    var single = CartPoleSwingUp()
    single.timeStep = 0.01
    single.positionLimit = .infinity
    single.cartMass = double.cartMass
    single.poleMass = double.firstMass
    single.poleHalfLength = double.firstLength / 2
    single.forceLimit = double.forceLimit

    var state = State(position: 0, firstAngle: 0.4, secondAngle: 1)
    var pole = CartPole.State(position: 0, velocity: 0, angle: 0.4, angularVelocity: 0)
    for _ in 0..<100 {
      _ = double.step(&state, action: [0.25])
      _ = single.step(&pole, action: [0.25])
    }
    #expect(abs(state.firstAngle - pole.angle) < 1e-8)
    #expect(abs(state.position - pole.position) < 1e-8)
  }

  @Test("It ends where a rod leans too far, and where the track does")
  func ends() {
    let machine = CartDoublePendulum()
    for state in [
      State(position: 0, firstAngle: 0.36, secondAngle: 0),
      State(position: 0, firstAngle: 0, secondAngle: -0.36),
      State(position: 2.41, firstAngle: 0, secondAngle: 0),
    ] {
      var state = state
      #expect(machine.step(&state, action: [0]) == Outcome(reward: 1, terminated: true))
    }
    var upright = State(position: 2, firstAngle: 0.1, secondAngle: 0.1)
    #expect(machine.step(&upright, action: [0]) == Outcome(reward: 1, terminated: false))
  }
}
