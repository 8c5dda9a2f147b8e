import ControlKernels
import EnvironmentKit
import RandomStreams

/// `CartDoublePendulum-v1`: keep two poles upright, one on top of the other, on a cart.
///
/// ## Description
///
/// A rod is hinged to a cart, and a second rod to the upper end of the first. Only the cart is
/// driven. The two rods fall in different ways, and one force must hold both.
///
/// ## Action space
///
/// | index | meaning                                              | unit | lowest | highest |
/// |-------|------------------------------------------------------|------|--------|---------|
/// | 0     | force on the cart as a part of 20 N; clipped          |      | −1     | 1       |
///
/// ## Observation space
///
/// | index | meaning                                              | unit  | lowest | highest |
/// |-------|------------------------------------------------------|-------|--------|---------|
/// | 0     | position of the cart                                 | m     | −4.8   | 4.8     |
/// | 1     | angle of the lower rod, 0 upright, positive to the right | rad | −π   | π       |
/// | 2     | angle of the upper rod, from the vertical as well    | rad   | −π     | π       |
/// | 3     | velocity of the cart                                 | m/s   | −∞     | ∞       |
/// | 4     | angular velocity of the lower rod                    | rad/s | −∞     | ∞       |
/// | 5     | angular velocity of the upper rod                    | rad/s | −∞     | ∞       |
///
/// ## Rewards
///
/// 1 for each step, the one that fails included. An episode earns from 1 to 500; a mean of 475
/// counts as solved. A linear controller, in the tests, earns 500.
///
/// ## Starting state
///
/// Each of the six numbers is uniform in `[-0.05, 0.05)`.
///
/// ## Episode end
///
/// - Termination: the cart is further than 2.4 m from the middle, or one of the rods leans by more
///   than 20°.
/// - Truncation: after 500 steps (10 s).
///
/// ## Source
///
/// Bogdanov, *Optimal Control of a Double Inverted Pendulum on a Cart*, Technical Report
/// CSE-04-006, OGI School of Science and Engineering, Oregon Health and Science University, 2004:
/// its equations, d₁ to d₆ and f₁, f₂ as there, and its masses and lengths. The track, the force,
/// and the limits are ours. Integrated by the method of Runge and Kutta.
///
/// The equations are in `Environments/ControlKernels/cart_double_pendulum.h`.
public struct CartDoublePendulum: KernelEnvironment {
  /// Where the cart and the rods are, and how fast they move.
  public struct State: Sendable, Codable, Hashable {
    /// The position of the cart in m, to the right.
    public var position: Double
    /// θ₁, the angle of the lower rod from the vertical in rad, positive to the right.
    public var firstAngle: Double
    /// θ₂, the angle of the upper rod from the vertical in rad, positive to the right.
    public var secondAngle: Double
    /// The velocity of the cart in m/s.
    public var velocity: Double
    /// The angular velocity of the lower rod in rad/s.
    public var firstVelocity: Double
    /// The angular velocity of the upper rod in rad/s.
    public var secondVelocity: Double

    /// Describes a state; at rest where nothing else is said.
    public init(
      position: Double, firstAngle: Double, secondAngle: Double, velocity: Double = 0,
      firstVelocity: Double = 0, secondVelocity: Double = 0
    ) {
      self.position = position
      self.firstAngle = firstAngle
      self.secondAngle = secondAngle
      self.velocity = velocity
      self.firstVelocity = firstVelocity
      self.secondVelocity = secondVelocity
    }
  }

  /// The acceleration of free fall in m/s².
  public var gravity = 9.8
  /// The mass of the cart in kg.
  public var cartMass = 1.5
  /// The mass of the lower rod in kg.
  public var firstMass = 0.5
  /// The mass of the upper rod in kg.
  public var secondMass = 0.75
  /// The length of the lower rod in m.
  public var firstLength = 0.5
  /// The length of the upper rod in m.
  public var secondLength = 0.75
  /// The largest force in N.
  public var forceLimit = 20.0
  /// The time of a step in s.
  public var timeStep = 0.02
  /// The distance of the cart from the middle, in m, at which an episode ends.
  public var positionLimit = 2.4
  /// The angle of a rod, in rad, at which an episode ends.
  public var angleLimit = 20 * Double.pi / 180

  /// The name of the task.
  public let name = "CartDoublePendulum-v1"
  /// The force, as a part of the largest.
  public let actionSpace = ActionSpace.box(BoxSpace(symmetric: [1]))
  /// What the actions are called.
  public let actionNames = ["force"]
  /// Ten seconds.
  public let timeLimit: Int? = 500
  /// As for `CartPole-v1`.
  public let rewardThreshold: Double? = 475

  /// The task with the parameters of Bogdanov's report.
  public init() {}

  /// The position, the two angles, and their velocities.
  public var observationSpace: BoxSpace {
    BoxSpace(
      symmetric: [Float(2 * positionLimit), .pi, .pi, .infinity, .infinity, .infinity])
  }

  /// A state near the upright equilibrium.
  public func initialState(using generator: inout RandomStream) -> State {
    State(
      position: generator.uniform(in: -0.05..<0.05),
      firstAngle: generator.uniform(in: -0.05..<0.05),
      secondAngle: generator.uniform(in: -0.05..<0.05),
      velocity: generator.uniform(in: -0.05..<0.05),
      firstVelocity: generator.uniform(in: -0.05..<0.05),
      secondVelocity: generator.uniform(in: -0.05..<0.05))
  }

  func run(_ rows: control_rows) -> Int {
    control_step_cart_double_pendulum(
      control_double_pendulum(
        gravity: gravity, cart_mass: cartMass, first_mass: firstMass, second_mass: secondMass,
        first_length: firstLength, second_length: secondLength, force_limit: forceLimit,
        time_step: timeStep, position_limit: positionLimit, angle_limit: angleLimit), rows)
  }

  /// As fast as the real thing.
  public var stepsPerSecond: Double { 1 / timeStep }

  /// Draws track, cart and rods, and where the cart must not go.
  public func scene(of state: State) -> Scene {
    let hinge = Scene.Point(state.position, 0)
    let joint = hinge + firstLength * Scene.Point.leaning(by: state.firstAngle)
    return Scene(
      center: Scene.Point(0, 0.5), width: 2 * positionLimit + 1.2, height: 2.4,
      shapes: Scene.rail(limit: positionLimit) + Scene.cart(at: state.position)
        + Scene.pole(from: hinge, length: firstLength, angle: state.firstAngle)
        + Scene.pole(from: joint, length: secondLength, angle: state.secondAngle))
  }
}
