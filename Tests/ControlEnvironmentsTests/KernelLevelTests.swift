import CKernels
import ControlKernels
import RandomStreams
import Testing

/// A task: its kernel, its parameters, and how many numbers its rows have.
private struct Task: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let states: Int
  let actions: Int
  let observations: Int
  let choices: Int
  let run: @Sendable (control_kernels, control_rows) -> Int

  static let all = [
    Task(testDescription: "cart_pole", states: 4, actions: 1, observations: 4, choices: 2) {
      $0.cart_pole(cartPole, $1)
    },
    Task(
      testDescription: "cart_pole_swing_up", states: 4, actions: 1, observations: 5, choices: 0
    ) { $0.cart_pole_swing_up(cartPole, $1) },
    Task(testDescription: "acrobot", states: 4, actions: 1, observations: 6, choices: 3) {
      $0.acrobot(
        control_acrobot(
          gravity: 9.8, link_length: 1, link_mass: 1, link_center: 0.5, link_inertia: 1,
          motor_torque: 1, time_step: 0.2, first_velocity_limit: 12, second_velocity_limit: 28), $1)
    },
    Task(testDescription: "mountain_car", states: 2, actions: 1, observations: 2, choices: 3) {
      $0.mountain_car(mountainCar, $1)
    },
    Task(
      testDescription: "mountain_car_continuous", states: 2, actions: 1, observations: 2,
      choices: 0
    ) { $0.mountain_car_continuous(mountainCar, $1) },
    Task(testDescription: "pendulum", states: 2, actions: 1, observations: 3, choices: 0) {
      $0.pendulum(
        control_pendulum(
          gravity: 10, mass: 1, length: 1, torque_limit: 2, velocity_limit: 8, time_step: 0.05), $1)
    },
    Task(
      testDescription: "cart_double_pendulum", states: 6, actions: 1, observations: 6, choices: 0
    ) {
      $0.cart_double_pendulum(
        control_double_pendulum(
          gravity: 9.8, cart_mass: 1.5, first_mass: 0.5, second_mass: 0.75, first_length: 0.5,
          second_length: 0.75, force_limit: 20, time_step: 0.02, position_limit: 2.4,
          angle_limit: 0.35), $1)
    },
    Task(testDescription: "planar_quadrotor", states: 6, actions: 2, observations: 6, choices: 0) {
      $0.planar_quadrotor(
        control_quadrotor(
          gravity: 9.81, mass: 0.486, inertia: 0.00383, arm_length: 0.25, thrust_range: 0.2,
          time_step: 0.02, position_limit: 3, angle_limit: 1.57, precision: 0.5), $1)
    },
  ]

  private static let cartPole = control_cart_pole(
    gravity: 9.8, cart_mass: 1, pole_mass: 0.1, pole_half_length: 0.5, push_force: 10,
    time_step: 0.02, position_limit: 2.4, angle_limit: 0.2)
  private static let mountainCar = control_mountain_car(
    lowest_position: -1.2, highest_position: 0.6, speed_limit: 0.07, gravity: 0.0025,
    engine: 0.001, goal_position: 0.5, goal_velocity: 0)
}

@Suite("The kernels of the control tasks")
struct KernelLevelTests {
  /// The bits of all that some steps give at a level, from random states.
  private func bits(_ task: Task, kernels: control_kernels, count: Int) -> [UInt64] {
    var generator = RandomStream(seed: 5, purpose: .other, index: count)
    var states = (0..<count * task.states).map { _ in generator.uniform(in: -2..<2) }
    var observations = [Float](repeating: 0, count: count * task.observations)
    var rewards = [Double](repeating: 0, count: count)
    var terminated = [Bool](repeating: false, count: count)
    var bits: [UInt64] = []
    for _ in 0..<20 {
      let actions = (0..<count * task.actions).map { _ in
        task.choices > 0
          ? Float(generator.integer(below: task.choices))
          : Float(generator.uniform(in: -1.5..<1.5))
      }
      let wrong = states.withUnsafeMutableBufferPointer { states in
        actions.withUnsafeBufferPointer { actions in
          observations.withUnsafeMutableBufferPointer { observations in
            rewards.withUnsafeMutableBufferPointer { rewards in
              terminated.withUnsafeMutableBufferPointer { terminated in
                task.run(
                  kernels,
                  control_rows(
                    count: count, state_count: task.states, action_count: task.actions,
                    observation_count: task.observations, states: states.baseAddress,
                    actions: actions.baseAddress,
                    observations: observations.baseAddress, rewards: rewards.baseAddress,
                    terminated: terminated.baseAddress))
              }
            }
          }
        }
      }
      #expect(wrong == -1)
      bits += states.map(\.bitPattern) + rewards.map(\.bitPattern)
      bits += observations.map { UInt64($0.bitPattern) } + terminated.map { $0 ? 1 : 0 }
    }
    return bits
  }

  @Test("Every level, and a single lane, give the same bits", arguments: Task.all)
  private func agree(task: Task) throws {
    let portable = try #require(control_kernels_of(ck_level_portable)).pointee
    for count in [1, 15, 16, 37] {
      let expected = bits(task, kernels: portable, count: count)
      #expect(bits(task, kernels: control_kernels_single, count: count) == expected)
      for level in [ck_level_avx2, ck_level_avx512] where ck_kernels_of(level) != nil {
        let kernels = try #require(control_kernels_of(level)).pointee
        #expect(bits(task, kernels: kernels, count: count) == expected, "\(level) \(count)")
      }
    }
  }
}
