import ControlEnvironments
import EnvironmentKit
import Foundation
import RandomStreams
import Testing

/// Controllers written by hand reach the thresholds: the tasks can be solved as they are set.
///
/// The gains are those of linear-quadratic regulators of the linearised machines.
@Suite("Tasks can be solved")
struct ControllerTests {
  /// The mean return of twenty episodes under a controller.
  private func meanReturn<Base: Environment>(
    of base: Base, controller: (Base.State) -> [Float]
  ) -> Double {
    let returns = (0..<20).map { episode in
      var stream = RandomStream(seed: 77, purpose: .evaluationEnvironment, index: episode)
      var state = base.initialState(using: &stream)
      var total = 0.0
      for _ in 0..<(base.timeLimit ?? 0) {
        let action = controller(state)
        let outcome = base.step(&state, action: action.span, using: &stream)
        total += outcome.reward
        if outcome.terminated { break }
      }
      return total
    }
    return returns.reduce(0, +) / Double(returns.count)
  }

  /// A sum of products.
  private func dot(_ gains: [Double], _ numbers: [Double]) -> Float {
    Float(zip(gains, numbers).reduce(0) { $0 + $1.0 * $1.1 })
  }

  @Test("CartPole is balanced by pushing under the pole")
  func cartPole() {
    let mean = meanReturn(of: CartPole()) { state in
      let sum = 0.3 * state.velocity + 3 * state.angle + state.angularVelocity
      return [0.1 * state.position + sum > 0 ? 1 : 0]
    }
    #expect(mean == 500)
  }

  @Test("The cars climb the hill by going where they are going")
  func mountainCars() throws {
    let choice = meanReturn(of: MountainCar()) { [$0.velocity >= 0 ? 2 : 0] }
    #expect(choice > -130)
    let throttle = meanReturn(of: MountainCarContinuous()) { [$0.velocity >= 0 ? 1 : -1] }
    #expect(throttle > 88)
  }

  @Test("The pole is swung up by giving it the energy of standing, then caught")
  func cartPoleSwingUp() throws {
    let task = CartPoleSwingUp()
    let mean = meanReturn(of: task) { state in
      let lean = remainder(state.angle, 2 * .pi)
      if abs(lean) < 0.4 && abs(state.angularVelocity) < 4 {
        return [
          dot(
            [0.857, 1.049, 6.95, 1.671],
            [state.position, state.velocity, lean, state.angularVelocity])
        ]
      }
      let length = task.poleHalfLength
      let spin = state.angularVelocity * state.angularVelocity
      let energy =
        task.poleMass * length * (2 / 3 * length * spin + task.gravity * (cos(lean) - 1))
      let pump = max(-0.6, min(0.6, 10 * energy * state.angularVelocity * cos(lean)))
      return [Float(pump - 0.1 * state.position - 0.1 * state.velocity)]
    }
    #expect(mean > 395)
    #expect(mean > (try #require(task.rewardThreshold)))
  }

  @Test("Both rods are held by one force")
  func cartDoublePendulum() {
    let mean = meanReturn(of: CartDoublePendulum()) { state in
      [
        -dot(
          [0.692, -12.835, 17.889, 0.976, -0.098, 2.769],
          [
            state.position, state.firstAngle, state.secondAngle, state.velocity,
            state.firstVelocity, state.secondVelocity,
          ])
      ]
    }
    #expect(mean == 500)
  }

  @Test("The drone flies to the target and stays there")
  func planarQuadrotor() throws {
    let task = PlanarQuadrotor()
    let mean = meanReturn(of: task) { state in
      let turn = dot(
        [-1.499, 2.843, -1.072, 0.38],
        [state.x, state.angle, state.velocityX, state.angularVelocity])
      let lift = dot([1.938, 1.564], [state.y, state.velocityY])
      return [-turn - lift, turn - lift]
    }
    #expect(mean > 465)
    #expect(mean > (try #require(task.rewardThreshold)))
  }
}
