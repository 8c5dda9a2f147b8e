import EnvironmentKit
import Testing

@testable import RolloutViewer

@Suite("From the world into the picture")
struct SceneProjectionTests {
  private typealias Point = Scene.Point
  private let rectangle = PictureRectangle(x: 100, y: 50, width: 400, height: 200)

  private func scene(_ shapes: [Scene.Shape] = []) -> Scene {
    Scene(center: Point(1, 2), width: 4, height: 4, shapes: shapes)
  }

  @Test("The scene is in the middle, as large as fits, and upright")
  func places() {
    let projection = SceneProjection(of: scene(), into: rectangle)
    #expect(projection.scale == 50)
    #expect(projection(Point(1, 2)) == PicturePoint(300, 150))
    #expect(projection(Point(3, 4)) == PicturePoint(400, 50))
    #expect(projection(Point(-1, 0)) == PicturePoint(200, 250))
  }

  @Test("Lengths are scaled, thin lines stay visible, and nothing leaves the rectangle")
  func shapes() {
    let shapes = [
      Scene.Shape.disc(at: Point(1, 2), radius: 0.5, role: .body),
      .line(Point(1, 2), Point(2, 2), width: 0.2, role: .limb),
      .line(Point(1, 2), Point(2, 2), width: 0.0001, role: .ground),
    ]
    let marks = SceneProjection(of: scene(shapes), into: rectangle).marks(of: scene(shapes))
    #expect(marks[0].shape == .disc(center: PicturePoint(300, 150), radius: 25))
    let line = [PicturePoint(300, 150), PicturePoint(350, 150)]
    #expect(marks[1].shape == .curve(line, width: 10))
    #expect(marks[2].shape == .curve(line, width: 0.8))
    #expect(marks.allSatisfy { $0.clip == rectangle })
    #expect(Set(marks.map(\.color)).count == 3)
  }

  @Test("A shape that cannot be drawn is left out")
  func infinite() {
    let shapes = [
      Scene.Shape.disc(at: Point(.nan, 2), radius: 0.5, role: .body),
      .disc(at: Point(1, 2), radius: 0.5, role: .joint),
    ]
    #expect(SceneProjection(of: scene(shapes), into: rectangle).marks(of: scene(shapes)).count == 1)
  }
}
