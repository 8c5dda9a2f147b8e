import ControlKernels
import EnvironmentKit
import RandomStreams

/// `CartPoleSwingUp-v1`: swing up a pole that hangs from a cart, and balance it.
///
/// ## Description
///
/// The machine of ``CartPole``, with a motor that pushes with any force up to a limit. The pole
/// hangs at first and must be pumped up, on a track of limited length, then caught and held.
///
/// ## Action space
///
/// | index | meaning                                              | unit | lowest | highest |
/// |-------|------------------------------------------------------|------|--------|---------|
/// | 0     | force on the cart as a part of 10 N; clipped          |      | −1     | 1       |
///
/// ## Observation space
///
/// | index | meaning                                          | unit  | lowest | highest |
/// |-------|--------------------------------------------------|-------|--------|---------|
/// | 0     | position of the cart                             | m     | −4.8   | 4.8     |
/// | 1     | velocity of the cart                             | m/s   | −∞     | ∞       |
/// | 2     | cosine of the angle θ, which is 0 upright        |       | −1     | 1       |
/// | 3     | sine of the angle, positive to the right         |       | −1     | 1       |
/// | 4     | angular velocity of the pole                     | rad/s | −∞     | ∞       |
///
/// ## Rewards
///
/// After each step (1 + cos θ) / 2 · (1 − (x / 2.4)²), but not less than 0: from 0 (hanging, or at
/// the end of the track) to 1 (upright in the middle). An episode earns from 0 to 500, less what
/// swinging up takes; a controller written by hand, in the tests, earns about 400, and a mean of
/// 375 counts as solved.
///
/// ## Starting state
///
/// The angle is uniform in `[π − 0.05, π + 0.05)`; position and velocities are uniform in
/// `[-0.05, 0.05)`.
///
/// ## Episode end
///
/// - Termination: the cart is further than 2.4 m from the middle.
/// - Truncation: after 500 steps (10 s).
///
/// ## Source
///
/// The task is that of Tassa et al., *DeepMind Control Suite*, 2018, domain `cartpole`,
/// <https://arxiv.org/abs/1801.00690>, with a simpler reward and an end of the track; the equations
/// are those of Florian, 2007, <https://coneural.org/florian/papers/05_cart_pole.pdf>, integrated
/// by the method of Runge and Kutta.
///
/// The equations are in `Environments/ControlKernels/cart_pole.h`.
public struct CartPoleSwingUp: KernelEnvironment {
  /// Where cart and pole are, and how fast they move.
  public typealias State = CartPole.State

  /// The acceleration of free fall in m/s².
  public var gravity = 9.8
  /// The mass of the cart in kg.
  public var cartMass = 1.0
  /// The mass of the pole in kg.
  public var poleMass = 0.1
  /// Half the length of the pole in m: from the hinge to its centre of mass.
  public var poleHalfLength = 0.5
  /// The largest force in N.
  public var forceLimit = 10.0
  /// The time of a step in s.
  public var timeStep = 0.02
  /// The distance of the cart from the middle, in m, at which an episode ends.
  public var positionLimit = 2.4

  /// The name of the task.
  public let name = "CartPoleSwingUp-v1"
  /// The force, as a part of the largest.
  public let actionSpace = ActionSpace.box(BoxSpace(symmetric: [1]))
  /// What the actions are called.
  public let actionNames = ["force"]
  /// Ten seconds.
  public let timeLimit: Int? = 500
  /// Up soon, and balanced for the rest.
  public let rewardThreshold: Double? = 375

  /// The task with the parameters of `CartPole-v1`.
  public init() {}

  /// Position, velocity, cosine and sine of the angle, and angular velocity.
  public var observationSpace: BoxSpace {
    BoxSpace(symmetric: [Float(2 * positionLimit), .infinity, 1, 1, .infinity])
  }

  /// A state in which the pole hangs almost at rest.
  public func initialState(using generator: inout RandomStream) -> State {
    State(
      position: generator.uniform(in: -0.05..<0.05),
      velocity: generator.uniform(in: -0.05..<0.05),
      angle: .pi + generator.uniform(in: -0.05..<0.05),
      angularVelocity: generator.uniform(in: -0.05..<0.05))
  }

  func run(_ rows: control_rows) -> Int {
    control_step_cart_pole_swing_up(
      control_cart_pole(
        gravity: gravity, cart_mass: cartMass, pole_mass: poleMass,
        pole_half_length: poleHalfLength, push_force: forceLimit, time_step: timeStep,
        position_limit: positionLimit, angle_limit: .infinity), rows)
  }

  /// As fast as the real thing.
  public var stepsPerSecond: Double { 1 / timeStep }

  /// Draws track, cart and pole, where the pole should be, and where the cart must not go.
  public func scene(of state: State) -> Scene {
    let length = 2 * poleHalfLength
    return Scene(
      width: 2 * positionLimit + 1.2, height: 2 * length + 0.6,
      shapes: [.disc(at: Scene.Point(0, length), radius: 0.1, role: .target)]
        + Scene.rail(limit: positionLimit) + Scene.cart(at: state.position)
        + Scene.pole(from: Scene.Point(state.position, 0), length: length, angle: state.angle))
  }
}
