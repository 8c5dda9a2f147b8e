import EnvironmentKit
import TestSupport
import Testing

@testable import RolloutViewer

@Suite("Extreme numbers in the viewer")
struct ExtremeNumberTests {
  private static let numbers: [Double] = [
    0, .leastNonzeroMagnitude, -1e-300, 1, -1, 1e7, 1e19, -1e20, 1e300, 1.7e308, -1.7e308,
    .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .infinity, -.infinity, .nan,
  ]

  private func draw(_ picture: Picture) throws {
    var canvas = Canvas(width: 96, height: 60)
    canvas.show(picture)
    let text = try keptPicture(
      AnimatedSVG([picture, picture], perSecond: 1, isSmooth: true).text(title: ""))
    #expect(!text.contains("nan") && !text.contains("inf"))
  }

  @Test("can be rewards, expected returns, losses and weights", arguments: numbers)
  func panels(number: Double) throws {
    for other in Self.numbers {
      let view = EpisodeView(
        scene: Staircase().scene(of: 2), number: 1, step: 2, returns: [number, other],
        values: [other, number], ending: .none)
      let training = TrainingView(
        timestep: 1, totalTimesteps: 2, meanReturn: number,
        terms: [.init(name: "policy", loss: other, weight: number)])
      let frame = ViewerFrame(
        title: "Numbers", subtitle: "", actionSpace: .discrete(count: 2), episodes: [view],
        selected: 0, training: training, footnote: "", showsHelp: false)
      try draw(frame.picture(size: PicturePoint(960, 600)))
    }
  }

  @Test("can be actions and what a policy prefers", arguments: numbers)
  func actions(number: Double) throws {
    let value = Float(number)
    let box = ActionSpace.box(BoxSpace(lowest: [-.infinity, -1], highest: [.infinity, 1]))
    let decisions = [
      (
        box,
        Decision(
          action: [value, value],
          preferences: .normal(
            means: [value, value], deviations: [1, abs(value)]))
      ),
      (
        .discrete(count: 2),
        Decision(
          action: [value], preferences: .choices([[value, 1]]), value: value)
      ),
    ]
    for (space, decision) in decisions {
      let bars = ActionBars(space: space, decision: decision)
      let marks = bars.marks(in: PictureRectangle(x: 0, y: 0, width: 200, height: 100))
      try draw(Picture(size: PicturePoint(200, 100), background: Palette.panel, layers: [marks]))
    }
  }

  @Test("can be places in a scene", arguments: numbers)
  func scenes(number: Double) throws {
    for other in Self.numbers {
      let width = other == 0 || other.isNaN ? .leastNonzeroMagnitude : abs(other)
      let scene = Scene(
        center: Scene.Point(0, number), width: width, height: 1,
        shapes: [
          .line(Scene.Point(0, 0), Scene.Point(number, other), width: other, role: .body),
          .disc(at: Scene.Point(other, number), radius: number, role: .limb),
          .rectangle(at: Scene.Point(1, other), width: number, height: 1, role: .ground),
        ])
      let rectangle = PictureRectangle(x: 0, y: 0, width: 96, height: 60)
      let marks = SceneProjection(of: scene, into: rectangle).marks(of: scene)
      try draw(Picture(size: PicturePoint(96, 60), background: Palette.card, layers: [marks]))
    }
  }

  @Test("can be speeds and times", arguments: numbers)
  func times(number: Double) {
    var state = ViewerState(environmentCount: 1, stepsPerSecond: number)
    #expect(state.stepsDue(at: 0) == 0)
    for time in Self.numbers { #expect(0...ViewerState.mostSteps ~= state.stepsDue(at: time)) }
  }
}
