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
public struct Acrobot: Environment {
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

  /// Lets the motor turn the joint for one step of time.
  public func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    let torque = motorTorque * Double(action.choice(among: 3) - 1)
    let before = SIMD4(
      state.firstAngle, state.secondAngle, state.firstVelocity, state.secondVelocity)
    let after = rungeKutta(before, step: timeStep) { derivative(of: $0, torque: torque) }
    state = State(
      firstAngle: wrapped(after[0]),
      secondAngle: wrapped(after[1]),
      firstVelocity: clamped(after[2], to: firstVelocityLimit),
      secondVelocity: clamped(after[3], to: secondVelocityLimit))
    let elbow = -sineAndCosine(state.firstAngle).cosine
    let end = elbow - sineAndCosine(state.firstAngle + state.secondAngle).cosine
    let reached = end > 1
    return Outcome(reward: reached ? 0 : -1, terminated: reached)
  }

  /// The change of angles and angular velocities per second; d₁, d₂, φ₁, φ₂ as in the book.
  private func derivative(of state: SIMD4<Double>, torque: Double) -> SIMD4<Double> {
    let (velocity1, velocity2) = (state[2], state[3])
    let (sine1, cosine1) = sineAndCosine(state[0])
    let (sine2, cosine2) = sineAndCosine(state[1])
    let sineOfSum = sine1 * cosine2 + cosine1 * sine2
    let centerInertia = linkMass * linkCenter * linkCenter + linkInertia
    let coupling = linkMass * linkLength * linkCenter

    let d1 = 2 * centerInertia + linkMass * linkLength * linkLength + 2 * coupling * cosine2
    let d2 = centerInertia + coupling * cosine2
    let phi2 = linkMass * linkCenter * gravity * sineOfSum
    let phi1 =
      -coupling * velocity2 * velocity2 * sine2
      - 2 * coupling * velocity2 * velocity1 * sine2
      + linkMass * (linkCenter + linkLength) * gravity * sine1
      + phi2
    let acceleration2 =
      (torque + d2 / d1 * phi1 - coupling * velocity1 * velocity1 * sine2 - phi2)
      / (centerInertia - d2 * d2 / d1)
    let acceleration1 = -(d2 * acceleration2 + phi1) / d1
    return SIMD4(velocity1, velocity2, acceleration1, acceleration2)
  }

  /// Writes the six numbers of the observation space.
  public func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    let first = sineAndCosine(state.firstAngle)
    let second = sineAndCosine(state.secondAngle)
    observation[0] = Float(first.cosine)
    observation[1] = Float(first.sine)
    observation[2] = Float(second.cosine)
    observation[3] = Float(second.sine)
    observation[4] = Float(state.firstVelocity)
    observation[5] = Float(state.secondVelocity)
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
