import ControlKernels
import EnvironmentKit
import RandomStreams

/// `Pendulum-v1`: swing a rod upright and hold it there, with a motor that is too weak to lift it.
///
/// ## Description
///
/// A rod turns about one of its ends; the motor there can hold it only near the top and the
/// bottom, so it must be swung up. The numbers are those of Gymnasium, step by step.
///
/// ## Action space
///
/// | index | meaning                                          | unit | lowest | highest |
/// |-------|--------------------------------------------------|------|--------|---------|
/// | 0     | torque, counter-clockwise positive; clipped       | N m  | −2     | 2       |
///
/// ## Observation space
///
/// | index | meaning                                          | unit  | lowest | highest |
/// |-------|--------------------------------------------------|-------|--------|---------|
/// | 0     | cosine of the angle θ, which is 0 upright         |       | −1     | 1       |
/// | 1     | sine of the angle                                 |       | −1     | 1       |
/// | 2     | angular velocity                                  | rad/s | −8     | 8       |
///
/// ## Rewards
///
/// −(θ² + 0.1 · velocity² + 0.001 · torque²) with θ in `[-π, π]`, all as they were before the step:
/// from −16.27 to 0. Gymnasium names no return that counts as solved; good ones have a mean of
/// about −150.
///
/// ## Starting state
///
/// The angle is uniform in `[-π, π)`, the angular velocity in `[-1, 1)`.
///
/// ## Episode end
///
/// - Termination: never.
/// - Truncation: after 200 steps (10 s).
///
/// ## Source
///
/// Gymnasium, <https://gymnasium.farama.org/environments/classic_control/pendulum/>; a uniform rod
/// of moment of inertia m l² / 3, advanced by semi-implicit Euler steps.
///
/// The equations are in `Environments/ControlKernels/pendulum.h`.
public struct Pendulum: KernelEnvironment {
  /// The angle of the rod and how fast it turns.
  public struct State: Sendable, Codable, Hashable {
    /// θ in rad, 0 upright, counter-clockwise positive; not brought back to one turn.
    public var angle: Double
    /// The angular velocity in rad/s.
    public var angularVelocity: Double

    /// Describes a state.
    public init(angle: Double, angularVelocity: Double) {
      self.angle = angle
      self.angularVelocity = angularVelocity
    }
  }

  /// The acceleration of free fall in m/s².
  public var gravity = 10.0
  /// The mass of the rod in kg.
  public var mass = 1.0
  /// The length of the rod in m.
  public var length = 1.0
  /// The largest torque of the motor in N m.
  public var torqueLimit = 2.0
  /// The largest angular velocity in rad/s.
  public var velocityLimit = 8.0
  /// The time of a step in s.
  public var timeStep = 0.05

  /// The name that Gymnasium registers.
  public let name = "Pendulum-v1"
  /// Ten seconds.
  public let timeLimit: Int? = 200

  /// The task with the parameters of Gymnasium.
  public init() {}

  /// The torque.
  public var actionSpace: ActionSpace { .box(BoxSpace(symmetric: [Float(torqueLimit)])) }
  /// What the actions are called.
  public let actionNames = ["torque"]
  /// What is observed.
  public let observationNames = [
    "cosine of the angle", "sine of the angle", "angular velocity",
  ]

  /// Cosine and sine of the angle, and the angular velocity.
  public var observationSpace: BoxSpace { BoxSpace(symmetric: [1, 1, Float(velocityLimit)]) }

  /// A rod at any angle, turning slowly.
  public func initialState(using generator: inout RandomStream) -> State {
    State(
      angle: generator.uniform(in: -Double.pi..<Double.pi),
      angularVelocity: generator.uniform(in: -1..<1))
  }

  func run(_ rows: control_rows) -> Int {
    control_step_pendulum(
      control_pendulum(
        gravity: gravity, mass: mass, length: length, torque_limit: torqueLimit,
        velocity_limit: velocityLimit, time_step: timeStep), rows)
  }
}

extension Pendulum {
  /// As fast as the real thing.
  public var stepsPerSecond: Double { 1 / timeStep }

  /// Draws the rod and its hinge, and a mark where its end should be.
  public func scene(of state: State) -> Scene {
    let hinge = Scene.Point(0, 0)
    let end = length * Scene.Point.leaning(by: -state.angle)
    let reach = length + 0.3
    return Scene(
      width: 2 * reach, height: 2 * reach,
      shapes: [
        .disc(at: Scene.Point(0, length), radius: 0.12, role: .target),
        .line(hinge, end, width: 0.14, role: .body),
        .disc(at: hinge, radius: 0.05, role: .joint),
      ])
  }
}
