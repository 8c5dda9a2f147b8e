import EnvironmentKit
import Foundation
import Testing

@Suite("Pictures")
struct SceneTests {
  private typealias Point = Scene.Point

  @Test("A rectangle has its corners around its middle, along its axis")
  func rectangle() {
    let level = Scene.Shape.rectangle(at: Point(1, 2), width: 4, height: 2, role: .body)
    #expect(
      level.geometry == .polygon([Point(-1, 1), Point(3, 1), Point(3, 3), Point(-1, 3)]))
    let upright = Scene.Shape.rectangle(
      at: Point(0, 0), width: 4, height: 2, axis: Point(0, 1), role: .body)
    #expect(
      upright.geometry == .polygon([Point(1, -2), Point(1, 2), Point(-1, 2), Point(-1, -2)]))
  }

  @Test("A picture with a number that cannot be drawn says so")
  func finds() {
    func scene(_ shape: Scene.Shape) -> Scene { Scene(width: 1, height: 1, shapes: [shape]) }
    let good = [
      Scene.Shape.line(Point(0, 0), Point(1, 1), width: 0.1, role: .limb),
      .disc(at: Point(0, 0), radius: 1, role: .joint),
      .rectangle(at: Point(0, 0), width: 1, height: 1, role: .body),
    ]
    let bad = [
      Scene.Shape.line(Point(0, .nan), Point(1, 1), width: 0.1, role: .limb),
      .line(Point(0, 0), Point(1, 1), width: .infinity, role: .limb),
      .disc(at: Point(.infinity, 0), radius: 1, role: .joint),
      .disc(at: Point(0, 0), radius: .nan, role: .joint),
      .rectangle(at: Point(0, 0), width: 1, height: .nan, role: .body),
    ]
    #expect(good.allSatisfy { scene($0).isFinite })
    #expect(!bad.contains { scene($0).isFinite })
  }

  @Test("A picture can be stored and read again")
  func codes() throws {
    let scene = Scene(
      center: Point(1, 0), width: 3, height: 2,
      shapes: [.disc(at: Point(0, 0.5), radius: 1, role: .boundary)])
    let stored = try JSONEncoder().encode(scene)
    #expect(try JSONDecoder().decode(Scene.self, from: stored) == scene)
  }

  @Test("A picture without area is refused")
  func refusesEmptyPictures() async {
    await #expect(processExitsWith: .failure) { _ = Scene(width: 0, height: 1, shapes: []) }
  }
}
