import ControlEnvironments
import EnvironmentKit
import Foundation
import TestSupport
import Testing

@testable import RolloutViewer

/// What is drawn is compared with pictures that somebody has looked at; see
/// `Tests/Fixtures/Scenes/README.md`.
@Suite("Stored pictures")
struct StoredPictureTests {
  /// Each built-in environment in a state in which all of its parts can be told apart.
  private static let scenes: [(name: String, scene: Scene)] = [
    (
      "CartPole",
      CartPole().scene(
        of: CartPole.State(position: -0.9, velocity: 0, angle: 0.15, angularVelocity: 0))
    ),
    (
      "CartPoleSwingUp",
      CartPoleSwingUp().scene(
        of: CartPole.State(position: 0.6, velocity: 0, angle: 2.4, angularVelocity: 0))
    ),
    (
      "CartDoublePendulum",
      CartDoublePendulum().scene(
        of: CartDoublePendulum.State(position: 0.4, firstAngle: 0.25, secondAngle: -0.2))
    ),
    (
      "Acrobot",
      Acrobot().scene(
        of: Acrobot.State(firstAngle: 1.1, secondAngle: 0.9, firstVelocity: 0, secondVelocity: 0))
    ),
    ("Pendulum", Pendulum().scene(of: Pendulum.State(angle: 0.7, angularVelocity: 0))),
    ("MountainCar", MountainCar().scene(of: MountainCarState(position: -0.85, velocity: 0))),
    (
      "MountainCarContinuous",
      MountainCarContinuous().scene(of: MountainCarState(position: 0.2, velocity: 0))
    ),
    (
      "PlanarQuadrotor",
      PlanarQuadrotor().scene(of: PlanarQuadrotor.State(x: 0.5, y: -0.4, angle: 0.3))
    ),
  ]

  @Test("Every built-in environment has one")
  func isComplete() {
    #expect(Self.scenes.count == EnvironmentRegistry.builtIn.environments.count)
  }

  @Test("Scenes look as they did", arguments: scenes.map(\.name))
  func scene(name: String) throws {
    let scene = try #require(Self.scenes.first { $0.name == name }).scene
    let size = PicturePoint(320, 240)
    let rectangle = PictureRectangle(x: 0, y: 0, width: size.x, height: size.y)
    let marks = SceneProjection(of: scene, into: rectangle).marks(of: scene)
    try check(
      Picture(size: size, background: Palette.background, layers: [marks]), name, width: 320,
      height: 240)
  }

  @Test("The window looks as it did", arguments: ["Panel", "Training", "Grid", "Help"])
  func window(name: String) throws {
    let agent = Habit(
      Decision(action: [1], preferences: .choices([[0.07, 0.81, 0.12]]), value: -3.5))
    let show = try ViewerContent(of: Staircase(), by: agent, seed: 1)
    try show.proceed(to: 0)
    if name == "Grid" { show.press(.character("g")) }
    if name == "Help" { show.press(.character("h")) }
    if name == "Training" {
      show.training = TrainingView(
        timestep: 70_000, totalTimesteps: 100_000, meanReturn: 123.4,
        terms: [
          .init(name: "policy", loss: -0.0123, weight: 1),
          .init(name: "value", loss: 42.5, weight: 0.25),
          .init(name: "entropy", loss: -0.61, weight: 0.01),
        ])
    }
    try show.proceed(to: 0.35)
    let picture = try #require(show.picture(size: PicturePoint(960, 600)))
    try check(picture, name, width: 480, height: 300)
  }

  /// Compares a picture with the stored one: no colour may differ by more than rounding explains,
  /// 2 of 255, where the functions of another C library round otherwise.
  private func check(_ picture: Picture, _ name: String, width: Int, height: Int) throws {
    var canvas = Canvas(width: width, height: height)
    canvas.show(picture)
    if let folder = ProcessInfo.processInfo.environment["DRAW_SCENES_TO"] {
      let url = URL(fileURLWithPath: folder).appendingPathComponent("\(name).tga")
      return try TargaPicture(canvas).data.write(to: url)
    }
    let stored = try #require(TargaPicture(fixture("Scenes/\(name).tga")))
    try #require(stored.width == width && stored.height == height)
    let differences = zip(stored.pixels, canvas.pixels).map { difference($0, $1) }
    let worst = differences.max() ?? 0
    #expect(
      worst <= 2, "\(differences.count { $0 > 2 }) pixels of \(name) differ, by up to \(worst).")
  }
}
