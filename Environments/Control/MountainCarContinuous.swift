import ControlKernels
import EnvironmentKit
import RandomStreams

/// `MountainCarContinuous-v0`: drive a weak car out of a valley with little fuel.
///
/// ## Description
///
/// The task of ``MountainCar`` with a throttle instead of three choices. Fuel costs, and only the
/// flag pays; an agent that never finds the flag learns to stand still. The numbers are those of
/// Gymnasium, step by step, except that Gymnasium rounds the state to single precision after each
/// step and this environment does not.
///
/// ## Action space
///
/// | index | meaning                                          | unit | lowest | highest |
/// |-------|--------------------------------------------------|------|--------|---------|
/// | 0     | throttle, to the right positive; clipped          |      | −1     | 1       |
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
/// −0.1 · throttle² for each step, of the throttle as it was given, before clipping; 100 more for
/// the step that reaches the flag. A mean of 90 counts as solved.
///
/// ## Starting state
///
/// The position is uniform in `[-0.6, -0.4)`, the velocity is 0.
///
/// ## Episode end
///
/// - Termination: the position is at least 0.45 (the flag), the velocity at least 0.
/// - Truncation: after 999 steps.
///
/// ## Source
///
/// As for ``MountainCar``; the continuous version is Gymnasium's,
/// <https://gymnasium.farama.org/environments/classic_control/mountain_car_continuous/>.
///
/// The equations are in `Environments/ControlKernels/mountain_car.h`.
public struct MountainCarContinuous: KernelEnvironment {
  /// Where the car is and how fast it moves.
  public typealias State = MountainCarState

  /// The valley.
  public var valley = MountainCarValley()
  /// What full throttle adds to the velocity in a step.
  public var enginePower = 0.0015
  /// The position of the flag.
  public var goalPosition = 0.45
  /// The velocity that the car must at least have at the flag.
  public var goalVelocity = 0.0

  /// The name that Gymnasium registers.
  public let name = "MountainCarContinuous-v0"
  /// The throttle.
  public let actionSpace = ActionSpace.box(BoxSpace(symmetric: [1]))
  /// What the actions are called.
  public let actionNames = ["push"]
  /// What is observed.
  public let observationNames = ["position", "velocity"]
  /// Enough to rock many times.
  public let timeLimit: Int? = 999
  /// The threshold that Gymnasium registers.
  public let rewardThreshold: Double? = 90

  /// The task with the parameters of Gymnasium.
  public init() {}

  /// Position and velocity.
  public var observationSpace: BoxSpace { valley.observationSpace }

  /// A car at rest near the bottom of the valley.
  public func initialState(using generator: inout RandomStream) -> State {
    valley.initialState(using: &generator)
  }

  func run(_ rows: control_rows) -> Int {
    control_step_mountain_car_continuous(
      valley.parameters(
        engine: enginePower, goalPosition: goalPosition, goalVelocity: goalVelocity),
      rows)
  }

  /// Draws the valley, the car and the flag.
  public func scene(of state: State) -> Scene { valley.scene(of: state, goal: goalPosition) }
}
