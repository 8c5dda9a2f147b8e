import ControlKernels
import EnvironmentKit
import RandomStreams

/// Where the car of a mountain-car task is, and how fast it moves.
public struct MountainCarState: Sendable, Codable, Hashable {
  /// The position along the x axis.
  public var position: Double
  /// The velocity, per step.
  public var velocity: Double

  /// Describes a state.
  public init(position: Double, velocity: Double) {
    self.position = position
    self.velocity = velocity
  }
}

/// The valley that both mountain-car tasks take place in, and how a car moves there.
///
/// The hill is `sin 3x`; one step of time advances a car by
///
///     v ← clip(v + acceleration − gravity · cos 3x)
///     x ← clip(x + v)
///
/// and the wall at the left end takes all its speed.
public struct MountainCarValley: Sendable, Hashable {
  /// The position of the wall at the left end.
  public var lowestPosition = -1.2
  /// The position of the right end.
  public var highestPosition = 0.6
  /// The largest speed, per step.
  public var speedLimit = 0.07
  /// What the slope takes from, or gives to, the velocity in a step.
  public var gravity = 0.0025

  /// The valley of Moore's thesis.
  public init() {}

  /// Position and velocity of a car.
  var observationSpace: BoxSpace {
    BoxSpace(
      lowest: [Float(lowestPosition), Float(-speedLimit)],
      highest: [Float(highestPosition), Float(speedLimit)])
  }

  /// A car at rest near the bottom of the valley.
  func initialState(using generator: inout RandomStream) -> MountainCarState {
    MountainCarState(position: generator.uniform(in: -0.6 ..< -0.4), velocity: 0)
  }

  /// What the kernels of both tasks need.
  func parameters(
    engine: Double, goalPosition: Double, goalVelocity: Double
  ) -> control_mountain_car {
    control_mountain_car(
      lowest_position: lowestPosition, highest_position: highestPosition, speed_limit: speedLimit,
      gravity: gravity, engine: engine, goal_position: goalPosition, goal_velocity: goalVelocity)
  }
}

extension MountainCarValley {
  /// Draws the hill, the car and the flag at the goal; heights are true to the slope `sin 3x`.
  func scene(of state: MountainCarState, goal: Double) -> Scene {
    let ground = surface(at: state.position)
    let slope = 3 * hillHeight * sineAndCosine(3 * state.position).cosine
    let length = (1 + slope * slope).squareRoot()
    let along = Scene.Point(1 / length, slope / length)
    let up = Scene.Point(-along.y, along.x)
    let pole = surface(at: goal)
    let top = pole + Scene.Point(0, 0.2)
    return Scene(
      center: Scene.Point((lowestPosition + highestPosition) / 2, 0.6), width: 1.9, height: 1.3,
      shapes: [
        Scene.Shape(.polygon(hill), role: .ground),
        .line(pole, top, width: 0.01, role: .joint),
        Scene.Shape(
          .polygon([top, top + Scene.Point(0.1, -0.035), top + Scene.Point(0, -0.07)]),
          role: .target),
        .rectangle(at: ground + 0.05 * up, width: 0.13, height: 0.05, axis: along, role: .body),
        .disc(at: ground + 0.02 * up + 0.04 * along, radius: 0.022, role: .joint),
        .disc(at: ground + 0.02 * up + -0.04 * along, radius: 0.022, role: .joint),
      ])
  }

  private var hillHeight: Double { 0.45 }

  private func surface(at position: Double) -> Scene.Point {
    Scene.Point(position, 0.55 + hillHeight * sineAndCosine(3 * position).sine)
  }

  /// The outline of everything below the surface, further than the scene reaches, so that the
  /// picture is full whatever its shape.
  private var hill: [Scene.Point] {
    let (left, right, parts) = (lowestPosition - 1, highestPosition + 1, 120)
    let crest = (0...parts).map { part in
      surface(at: left + (right - left) * Double(part) / Double(parts))
    }
    return crest + [Scene.Point(right, -2), Scene.Point(left, -2)]
  }
}
