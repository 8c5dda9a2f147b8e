import ControlKernels
import EnvironmentKit
import RandomStreams

/// `MountainCar-v0`: drive a weak car out of a valley, by rocking to and fro.
///
/// ## Description
///
/// The engine is too weak to climb the right hill from rest; the car must first climb the left one
/// and use the run. Every step costs the same, and nothing shows the agent that it comes nearer to
/// the goal, which makes the task hard to explore. The numbers are those of Gymnasium, step by
/// step.
///
/// ## Action space
///
/// | action | meaning                  |
/// |--------|--------------------------|
/// | 0      | accelerate to the left   |
/// | 1      | do not accelerate        |
/// | 2      | accelerate to the right  |
///
/// ## Observation space
///
/// | index | meaning                          | unit     | lowest | highest |
/// |-------|----------------------------------|----------|--------|---------|
/// | 0     | position along the x axis        |          | −1.2   | 0.6     |
/// | 1     | velocity                         | per step | −0.07  | 0.07    |
///
/// ## Rewards
///
/// −1 for each step, so at worst −200 an episode; a mean of −110 counts as solved.
///
/// ## Starting state
///
/// The position is uniform in `[-0.6, -0.4)`, the velocity is 0.
///
/// ## Episode end
///
/// - Termination: the position is at least 0.5 (the flag), the velocity at least 0.
/// - Truncation: after 200 steps.
///
/// ## Source
///
/// Moore, *Efficient Memory-based Learning for Robot Control*, PhD thesis, University of Cambridge,
/// 1990, <https://www.cl.cam.ac.uk/techreports/UCAM-CL-TR-209.pdf>; the equations of Sutton and
/// Barto, *Reinforcement Learning: An Introduction*, second edition, example 10.1.
///
/// The equations are in `Environments/ControlKernels/mountain_car.h`.
public struct MountainCar: KernelEnvironment {
  /// Where the car is and how fast it moves.
  public typealias State = MountainCarState

  /// The valley.
  public var valley = MountainCarValley()
  /// What the engine adds to the velocity in a step.
  public var engineForce = 0.001
  /// The position of the flag.
  public var goalPosition = 0.5
  /// The velocity that the car must at least have at the flag.
  public var goalVelocity = 0.0

  /// The name that Gymnasium registers.
  public let name = "MountainCar-v0"
  /// Accelerate to the left, not at all, or to the right.
  public let actionSpace = ActionSpace.discrete(count: 3)
  /// What the actions are called.
  public let actionNames = ["push left", "no push", "push right"]
  /// What is observed.
  public let observationNames = ["position", "velocity"]
  /// Enough to rock twice.
  public let timeLimit: Int? = 200
  /// The threshold that Gymnasium registers.
  public let rewardThreshold: Double? = -110

  /// The task with the parameters of Gymnasium.
  public init() {}

  /// Position and velocity.
  public var observationSpace: BoxSpace { valley.observationSpace }

  /// A car at rest near the bottom of the valley.
  public func initialState(using generator: inout RandomStream) -> State {
    valley.initialState(using: &generator)
  }

  func run(_ rows: control_rows) -> Int {
    control_step_mountain_car(
      valley.parameters(
        engine: engineForce, goalPosition: goalPosition, goalVelocity: goalVelocity),
      rows)
  }

  /// Draws the valley, the car and the flag.
  public func scene(of state: State) -> Scene { valley.scene(of: state, goal: goalPosition) }
}
