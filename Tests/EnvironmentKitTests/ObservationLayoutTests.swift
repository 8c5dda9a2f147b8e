import EnvironmentKit
import Foundation
import RandomStreams
import Testing

@Suite("The layout of an observation")
struct ObservationLayoutTests {
  private let layout = ObservationLayout([
    .init("camera", shape: [2, 3, 1], element: .uint8, lowest: 0, highest: 255),
    .init("speed", shape: [2], space: BoxSpace(lowest: [-5, 0], highest: [5, .infinity])),
  ])

  @Test("names parts of one flat row")
  func parts() throws {
    #expect(layout.count == 8)
    #expect(layout["camera"]?.range == 0..<6)
    #expect(layout["speed"]?.range == 6..<8)
    #expect(layout["sound"] == nil)
    #expect(layout.space.lowest == [0, 0, 0, 0, 0, 0, -5, 0])
    #expect(layout.space.highest == [255, 255, 255, 255, 255, 255, 5, .infinity])
    #expect(!layout.isVector)
  }

  @Test("is one unnamed vector where nothing else is said, also behind modifiers")
  func vector() {
    #expect(Countdown().observationLayout == ObservationLayout(Countdown().observationSpace))
    #expect(Countdown().observationLayout.isVector)
    #expect(
      Countdown().stackingFrames(3).observationLayout.count == 3
        * Countdown().observationSpace.count)
  }

  @Test("is kept by modifiers that leave the observation alone")
  func modifiers() {
    let camera = Camera(observationLayout: layout)
    #expect(camera.limited(to: 5).observationLayout == layout)
    // Frames become channels of images and lie one after another in other parts.
    let stacked = camera.stackingFrames(2).observationLayout.parts
    #expect(stacked.map(\.name) == layout.parts.map(\.name))
    #expect(stacked.map(\.count) == layout.parts.map { 2 * $0.count })
  }

  private struct Camera: Environment {
    let name = "Camera"
    let observationLayout: ObservationLayout
    var observationSpace: BoxSpace { observationLayout.space }
    let actionSpace = ActionSpace.discrete(count: 2)
    let timeLimit: Int? = 10

    func initialState(using generator: inout RandomStream) -> Int { 0 }

    func step(
      _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
    ) -> Outcome { Outcome(reward: 0, terminated: false) }

    func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
      for index in observation.indices { observation[index] = 0 }
    }
  }
}
