import ControlKernels
import EnvironmentKit
import RandomStreams

/// `PlanarQuadrotor-v1`: fly a drone with two rotors to a point and hover there.
///
/// ## Description
///
/// A quadrotor seen from the side: a rigid bar with a rotor at each end, in a vertical plane. The
/// rotors push along the bar's normal only, so to move sideways the drone must lean, and to stop
/// it must lean the other way.
///
/// ## Action space
///
/// | index | meaning                                              | unit | lowest | highest |
/// |-------|------------------------------------------------------|------|--------|---------|
/// | 0     | thrust of the right rotor; clipped                    |      | −1     | 1       |
/// | 1     | thrust of the left rotor; clipped                     |      | −1     | 1       |
///
/// 0 is half the weight, with which both rotors together hover; ±1 is a fifth more or less.
///
/// ## Observation space
///
/// | index | meaning                                          | unit  | lowest | highest |
/// |-------|--------------------------------------------------|-------|--------|---------|
/// | 0     | position to the right of the target              | m     | −6     | 6       |
/// | 1     | height above the target                          | m     | −6     | 6       |
/// | 2     | angle, 0 level, counter-clockwise positive       | rad   | −π     | π       |
/// | 3     | velocity to the right                            | m/s   | −∞     | ∞       |
/// | 4     | velocity upwards                                 | m/s   | −∞     | ∞       |
/// | 5     | angular velocity                                 | rad/s | −∞     | ∞       |
///
/// ## Rewards
///
/// After each step 1 / (1 + d² / (0.5 m)²), with d the distance from the target: 1 at the target,
/// a half at 0.5 m. An episode earns from 0 to 500; a linear controller, in the tests, earns about
/// 475, and a mean of 450 counts as solved.
///
/// ## Starting state
///
/// Position and height are uniform in `[-1, 1)`, the angle in `[-0.2, 0.2)`, the three velocities
/// in `[-0.5, 0.5)`.
///
/// ## Episode end
///
/// - Termination: the drone is further than 3 m from the target, sideways or in height, or leans
///   by more than 90°.
/// - Truncation: after 500 steps (10 s).
///
/// ## Source
///
/// Tedrake, *Underactuated Robotics*, section 3.3.1, "the planar quadrotor",
/// <https://underactuated.csail.mit.edu/acrobot.html#section3>, with the mass, length and inertia
/// of `quadrotor2d` in Drake, <https://github.com/RobotLocomotion/drake>. The task is ours.
/// Integrated by the method of Runge and Kutta.
///
/// The equations are in `Environments/ControlKernels/planar_quadrotor.h`.
public struct PlanarQuadrotor: KernelEnvironment {
  /// Where the drone is, and how fast it moves.
  public struct State: Sendable, Codable, Hashable {
    /// The position to the right of the target in m.
    public var x: Double
    /// The height above the target in m.
    public var y: Double
    /// The angle in rad, 0 level, counter-clockwise positive.
    public var angle: Double
    /// The velocity to the right in m/s.
    public var velocityX: Double
    /// The velocity upwards in m/s.
    public var velocityY: Double
    /// The angular velocity in rad/s.
    public var angularVelocity: Double

    /// Describes a state; at rest where nothing else is said.
    public init(
      x: Double, y: Double, angle: Double, velocityX: Double = 0, velocityY: Double = 0,
      angularVelocity: Double = 0
    ) {
      self.x = x
      self.y = y
      self.angle = angle
      self.velocityX = velocityX
      self.velocityY = velocityY
      self.angularVelocity = angularVelocity
    }
  }

  /// The acceleration of free fall in m/s².
  public var gravity = 9.81
  /// The mass in kg.
  public var mass = 0.486
  /// The moment of inertia about the middle in kg m².
  public var inertia = 0.00383
  /// The distance of each rotor from the middle in m.
  public var armLength = 0.25
  /// By how much the thrust of a rotor can differ from that of hovering, as a part of it.
  public var thrustRange = 0.2
  /// The time of a step in s.
  public var timeStep = 0.02
  /// The distance from the target, sideways or in height, in m, at which an episode ends.
  public var positionLimit = 3.0
  /// The angle, in rad, at which an episode ends.
  public var angleLimit = Double.pi / 2
  /// The distance from the target, in m, at which a step earns a half.
  public var precision = 0.5

  /// The name of the task.
  public let name = "PlanarQuadrotor-v1"
  /// The thrusts, 0 for hovering.
  public let actionSpace = ActionSpace.box(BoxSpace(symmetric: [1, 1]))
  /// What the actions are called.
  public let actionNames = ["left rotor", "right rotor"]
  /// Ten seconds.
  public let timeLimit: Int? = 500
  /// At the target soon, and there for the rest.
  public let rewardThreshold: Double? = 450

  /// The task with the parameters of Drake's drone.
  public init() {}

  /// Position, angle, and their velocities.
  public var observationSpace: BoxSpace {
    let reach = Float(2 * positionLimit)
    return BoxSpace(symmetric: [reach, reach, .pi, .infinity, .infinity, .infinity])
  }

  /// A state near the target, almost level.
  public func initialState(using generator: inout RandomStream) -> State {
    State(
      x: generator.uniform(in: -1..<1),
      y: generator.uniform(in: -1..<1),
      angle: generator.uniform(in: -0.2..<0.2),
      velocityX: generator.uniform(in: -0.5..<0.5),
      velocityY: generator.uniform(in: -0.5..<0.5),
      angularVelocity: generator.uniform(in: -0.5..<0.5))
  }

  func run(_ rows: control_rows) -> Int {
    control_step_planar_quadrotor(
      control_quadrotor(
        gravity: gravity, mass: mass, inertia: inertia, arm_length: armLength,
        thrust_range: thrustRange, time_step: timeStep, position_limit: positionLimit,
        angle_limit: angleLimit, precision: precision), rows)
  }
}

extension PlanarQuadrotor {
  /// As fast as the real thing.
  public var stepsPerSecond: Double { 1 / timeStep }

  /// Draws the drone, the target, and the borders that it must not cross.
  public func scene(of state: State) -> Scene {
    let limit = positionLimit
    let corners = [(-1.0, -1.0), (1, -1), (1, 1), (-1, 1), (-1, -1)].map { corner in
      Scene.Point(corner.0 * limit, corner.1 * limit)
    }
    let center = Scene.Point(state.x, state.y)
    let along = Scene.Point.turned(by: state.angle)
    let up = Scene.Point(-along.y, along.x)
    let rotors = [-armLength, armLength].flatMap { arm in
      let motor = center + arm * along
      let hub = motor + 0.09 * up
      let blade = (0.6 * armLength) * along
      return [
        Scene.Shape.line(motor, hub, width: 0.03, role: .joint),
        .line(hub + -1 * blade, hub + blade, width: 0.035, role: .limb),
      ]
    }
    return Scene(
      width: 2 * limit + 0.4, height: 2 * limit + 0.4,
      shapes: [
        Scene.Shape(.line(corners, width: 0.03), role: .boundary),
        .disc(at: Scene.Point(0, 0), radius: 0.1, role: .target),
        .rectangle(
          at: center, width: 2 * armLength + 0.06, height: 0.07, axis: along, role: .body),
      ] + rotors)
  }
}
