import ControlKernels
import EnvironmentKit
import RandomStreams

/// `CartPole-v1`: keep a pole upright that stands on a cart, by pushing the cart.
///
/// ## Description
///
/// A pole is hinged to a cart, which moves along a track without friction. The hinge is not
/// actuated; the agent pushes the cart to the left or to the right with a fixed force. The numbers
/// are those of Gymnasium, step by step.
///
/// ## Action space
///
/// | action | meaning                |
/// |--------|------------------------|
/// | 0      | push cart to the left  |
/// | 1      | push cart to the right |
///
/// ## Observation space
///
/// | index | meaning                                | unit  | lowest         | highest       |
/// |-------|----------------------------------------|-------|----------------|---------------|
/// | 0     | position of the cart                   | m     | −4.8           | 4.8           |
/// | 1     | velocity of the cart                   | m/s   | −∞             | ∞             |
/// | 2     | angle of the pole, 0 upright, to the right positive | rad | −0.419 (−24°) | 0.419 (24°) |
/// | 3     | angular velocity of the pole           | rad/s | −∞             | ∞             |
///
/// Position and angle are bounded by twice the limits at which an episode ends, so that the
/// observation of a failure is inside the space.
///
/// ## Rewards
///
/// 1 for each step, the one that fails included. An episode earns from 1 to 500; a mean of 475
/// counts as solved.
///
/// ## Starting state
///
/// Each of the four numbers is uniform in `[-0.05, 0.05)`.
///
/// ## Episode end
///
/// - Termination: the cart is further than 2.4 m from the middle, or the pole leans by more than
///   12°.
/// - Truncation: after 500 steps (10 s).
///
/// ## Source
///
/// Barto, Sutton and Anderson, *Neuronlike Adaptive Elements That Can Solve Difficult Learning
/// Control Problems*, IEEE Transactions on Systems, Man, and Cybernetics 13 (1983),
/// <https://doi.org/10.1109/TSMC.1983.6313077>, without friction, as in Sutton's program,
/// <https://perma.cc/C9ZM-652R>; the equations are derived by Florian, *Correct Equations for the
/// Dynamics of the Cart-Pole System*, 2007, <https://coneural.org/florian/papers/05_cart_pole.pdf>.
///
/// The equations are in `Environments/ControlKernels/cart_pole.h`.
public struct CartPole: KernelEnvironment {
  /// Where cart and pole are, and how fast they move.
  public struct State: Sendable, Codable, Hashable {
    /// The position of the cart in m, to the right.
    public var position: Double
    /// The velocity of the cart in m/s.
    public var velocity: Double
    /// The angle of the pole in rad, 0 upright, positive to the right.
    public var angle: Double
    /// The angular velocity of the pole in rad/s.
    public var angularVelocity: Double

    /// Describes a state.
    public init(position: Double, velocity: Double, angle: Double, angularVelocity: Double) {
      self.position = position
      self.velocity = velocity
      self.angle = angle
      self.angularVelocity = angularVelocity
    }
  }

  /// The acceleration of free fall in m/s².
  public var gravity = 9.8
  /// The mass of the cart in kg.
  public var cartMass = 1.0
  /// The mass of the pole in kg.
  public var poleMass = 0.1
  /// Half the length of the pole in m: from the hinge to its centre of mass.
  public var poleHalfLength = 0.5
  /// The force of a push in N.
  public var pushForce = 10.0
  /// The time of a step in s.
  public var timeStep = 0.02
  /// The distance of the cart from the middle, in m, at which an episode ends.
  public var positionLimit = 2.4
  /// The angle of the pole, in rad, at which an episode ends.
  public var angleLimit = 12 * 2 * Double.pi / 360

  /// The name that Gymnasium registers.
  public let name = "CartPole-v1"
  /// Push to the left or to the right.
  public let actionSpace = ActionSpace.discrete(count: 2)
  /// What the actions are called.
  public let actionNames = ["push left", "push right"]
  /// What is observed.
  public let observationNames = ["position", "velocity", "angle", "angular velocity"]
  /// Ten seconds.
  public let timeLimit: Int? = 500
  /// The threshold that Gymnasium registers.
  public let rewardThreshold: Double? = 475

  /// The task with the parameters of Gymnasium.
  public init() {}

  /// Position, velocity, angle and angular velocity.
  public var observationSpace: BoxSpace {
    BoxSpace(
      symmetric: [Float(2 * positionLimit), .infinity, Float(2 * angleLimit), .infinity])
  }

  /// A state near the upright equilibrium.
  public func initialState(using generator: inout RandomStream) -> State {
    let (position, velocity) = generator.uniformPair(in: -0.05..<0.05)
    let (angle, angularVelocity) = generator.uniformPair(in: -0.05..<0.05)
    return State(
      position: position, velocity: velocity, angle: angle, angularVelocity: angularVelocity)
  }

  func run(_ rows: control_rows) -> Int {
    control_step_cart_pole(
      control_cart_pole(
        gravity: gravity, cart_mass: cartMass, pole_mass: poleMass,
        pole_half_length: poleHalfLength, push_force: pushForce, time_step: timeStep,
        position_limit: positionLimit, angle_limit: angleLimit), rows)
  }
}

extension CartPole {
  /// As fast as the real thing.
  public var stepsPerSecond: Double { 1 / timeStep }

  /// Draws track, cart and pole, and where the cart must not go.
  public func scene(of state: State) -> Scene {
    Scene(
      center: Scene.Point(0, 0.3), width: 2 * positionLimit + 1.2, height: 2.4,
      shapes: Scene.rail(limit: positionLimit) + Scene.cart(at: state.position)
        + Scene.pole(
          from: Scene.Point(state.position, 0), length: 2 * poleHalfLength, angle: state.angle))
  }
}
