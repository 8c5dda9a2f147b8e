import ControlKernels
import EnvironmentKit
import RandomStreams

/// `Acrobot-v1`: swing the free end of a chain of two links above a line, by a motor between them.
///
/// ## Description
///
/// Two links hang from a fixed hinge, one below the other. Only the joint between them is driven;
/// the agent must pump energy into the chain until its free end reaches the height of one link
/// above the hinge. The numbers are those of Gymnasium, step by step.
///
/// ## Action space
///
/// | action | meaning                          |
/// |--------|----------------------------------|
/// | 0      | torque of −1 N m on the joint    |
/// | 1      | no torque                        |
/// | 2      | torque of 1 N m on the joint     |
///
/// ## Observation space
///
/// | index | meaning                          | unit  | lowest          | highest       |
/// |-------|----------------------------------|-------|-----------------|---------------|
/// | 0     | cosine of θ₁                     |       | −1              | 1             |
/// | 1     | sine of θ₁                       |       | −1              | 1             |
/// | 2     | cosine of θ₂                     |       | −1              | 1             |
/// | 3     | sine of θ₂                       |       | −1              | 1             |
/// | 4     | angular velocity of θ₁           | rad/s | −12.57 (−4 π)   | 12.57 (4 π)   |
/// | 5     | angular velocity of θ₂           | rad/s | −28.27 (−9 π)   | 28.27 (9 π)   |
///
/// θ₁ is the angle of the first link, 0 when it hangs down; θ₂ is the angle of the second link
/// relative to the first.
///
/// ## Rewards
///
/// −1 for each step that does not reach the line, 0 for the one that does. An episode earns from
/// −500 to 0; a mean of −100 counts as solved.
///
/// ## Starting state
///
/// Both angles and both angular velocities are uniform in `[-0.1, 0.1)`.
///
/// ## Episode end
///
/// - Termination: the free end is above the line, −cos θ₁ − cos(θ₁ + θ₂) > 1.
/// - Truncation: after 500 steps (100 s).
///
/// ## Source
///
/// Sutton, *Generalization in Reinforcement Learning: Successful Examples Using Sparse Coarse
/// Coding*, NIPS 8 (1996),
/// <https://papers.nips.cc/paper/1995/hash/8f1d43620bc6bb580df6e80b0dc05c48-Abstract.html>, with the
/// equations of motion as corrected in Sutton and Barto, *Reinforcement Learning: An Introduction*,
/// first edition, section 11.3, <http://incompleteideas.net/book/11/node4.html>.
///
/// The equations are in `Environments/ControlKernels/acrobot.h`.
public struct Acrobot: KernelEnvironment {
  /// The angles of the links and how fast they turn.
  public struct State: Sendable, Codable, Hashable {
    /// θ₁, the angle of the first link in rad, 0 hanging down, in `-π...π`.
    public var firstAngle: Double
    /// θ₂, the angle of the second link relative to the first in rad, in `-π...π`.
    public var secondAngle: Double
    /// The angular velocity of θ₁ in rad/s.
    public var firstVelocity: Double
    /// The angular velocity of θ₂ in rad/s.
    public var secondVelocity: Double

    /// Describes a state.
    public init(
      firstAngle: Double, secondAngle: Double, firstVelocity: Double, secondVelocity: Double
    ) {
      self.firstAngle = firstAngle
      self.secondAngle = secondAngle
      self.firstVelocity = firstVelocity
      self.secondVelocity = secondVelocity
    }
  }

  /// The acceleration of free fall in m/s².
  public var gravity = 9.8
  /// The length of each link in m.
  public var linkLength = 1.0
  /// The mass of each link in kg.
  public var linkMass = 1.0
  /// The distance of the centre of mass of each link from its upper end in m.
  public var linkCenter = 0.5
  /// The moment of inertia of each link about its centre of mass in kg m².
  public var linkInertia = 1.0
  /// The torque of the motor in N m.
  public var motorTorque = 1.0
  /// The time of a step in s.
  public var timeStep = 0.2
  /// The largest angular velocity of θ₁ in rad/s.
  public var firstVelocityLimit = 4 * Double.pi
  /// The largest angular velocity of θ₂ in rad/s.
  public var secondVelocityLimit = 9 * Double.pi

  /// The name that Gymnasium registers.
  public let name = "Acrobot-v1"
  /// Torque to one side, none, or to the other.
  public let actionSpace = ActionSpace.discrete(count: 3)
  /// What the actions are called.
  public let actionNames = ["torque −1", "torque 0", "torque 1"]
  /// One hundred seconds.
  public let timeLimit: Int? = 500
  /// The threshold that Gymnasium registers.
  public let rewardThreshold: Double? = -100

  /// The task with the parameters of Gymnasium.
  public init() {}

  /// Cosine and sine of both angles, and both angular velocities.
  public var observationSpace: BoxSpace {
    BoxSpace(symmetric: [1, 1, 1, 1, Float(firstVelocityLimit), Float(secondVelocityLimit)])
  }

  /// A state in which the chain hangs down almost at rest.
  public func initialState(using generator: inout RandomStream) -> State {
    State(
      firstAngle: generator.uniform(in: -0.1..<0.1),
      secondAngle: generator.uniform(in: -0.1..<0.1),
      firstVelocity: generator.uniform(in: -0.1..<0.1),
      secondVelocity: generator.uniform(in: -0.1..<0.1))
  }

  func run(_ rows: control_rows) -> Int {
    control_step_acrobot(
      control_acrobot(
        gravity: gravity, link_length: linkLength, link_mass: linkMass, link_center: linkCenter,
        link_inertia: linkInertia, motor_torque: motorTorque, time_step: timeStep,
        first_velocity_limit: firstVelocityLimit, second_velocity_limit: secondVelocityLimit),
      rows)
  }
}

extension Acrobot {
  /// Three times as fast as the real thing, whose steps are long; so does Gymnasium.
  public var stepsPerSecond: Double { 3 / timeStep }

  /// Draws the two links, the joints, and the line to be reached.
  public func scene(of state: State) -> Scene {
    let hinge = Scene.Point(0, 0)
    let elbow = hinge + -linkLength * Scene.Point.leaning(by: -state.firstAngle)
    let end = elbow + -linkLength * Scene.Point.leaning(by: -state.firstAngle - state.secondAngle)
    let reach = 2 * linkLength + 0.2
    return Scene(
      width: 2 * reach, height: 2 * reach,
      shapes: [
        .line(
          Scene.Point(-reach, linkLength), Scene.Point(reach, linkLength), width: 0.03,
          role: .target),
        .line(hinge, elbow, width: 0.16, role: .body),
        .line(elbow, end, width: 0.16, role: .limb),
        .disc(at: hinge, radius: 0.1, role: .joint),
        .disc(at: elbow, radius: 0.1, role: .joint),
      ])
  }
}
