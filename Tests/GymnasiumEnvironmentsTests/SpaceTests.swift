import EnvironmentKit
import GymnasiumEnvironments
import RandomStreams
import Testing

@Suite("Spaces of Gymnasium's environments", .enabled(if: Stub.isAvailable))
struct SpaceTests {
  private func step(
    _ environment: GymnasiumEnvironment, action: [Float]
  ) throws -> (observation: [Float], reward: Float) {
    let batch = try environment.makeBatch(
      of: 0..<1, seed: 1, purpose: .environment, afterEnd: .restart)
    let arrays = StepArrays(for: environment, count: 1)
    for (index, number) in action.enumerated() { arrays.actions[index] = number }
    try batch.step(0..<1, through: arrays.buffers())
    return (Array(arrays.observations), arrays.rewards[0])
  }

  @Test("A dictionary keeps its parts apart")
  func dictionary() throws {
    let environment = try Stub.environment("Composite-v0")
    let parts = environment.observationLayout.parts
    #expect(parts.map(\.name) == ["camera", "gear", "pair.0", "pair.1", "speed"])
    #expect(parts.map(\.shape) == [[2, 2, 1], [3], [2], [5], [2]])
    #expect(parts.map(\.element) == [.uint8, .float32, .float32, .float32, .float32])
    #expect(
      environment.observationLayout["speed"]?.space
        == BoxSpace(lowest: [-1, -.infinity], highest: [1, .infinity]))
    #expect(environment.actionSpace == .multiDiscrete(counts: [3, 2, 2]))
    let result = try step(environment, action: [2, 1, 0])
    #expect(
      result.observation == [7, 0, 255, 1] + [0, 0, 1] + [1, 0] + [0, 1, 0, 0, 1] + [0.5, -3])
    // 'turn' is 3, since its choices begin with 1; of the lamps the first is on.
    #expect(result.reward == 301)
  }

  @Test("An image is stored in bytes and read as numbers")
  func image() throws {
    let environment = try Stub.environment("Composite-v0", ["observations": "image"])
    let part = try #require(environment.observationLayout.parts.first)
    #expect(part.name.isEmpty && part.shape == [2, 2, 1] && part.element == .uint8)
    #expect(part.space == BoxSpace(lowest: [0, 0, 0, 0], highest: [255, 255, 255, 255]))
    #expect(try step(environment, action: [0, 0, 0]).observation == [7, 0, 255, 1])
  }

  @Test("Actions of several parts")
  func actions() throws {
    let boxes = try Stub.environment("Composite-v0", ["actions": "tuple"])
    #expect(boxes.actionSpace == .box(BoxSpace(lowest: [-1, -1, 0], highest: [1, 1, 2])))
    #expect(try step(boxes, action: [0.5, -0.25, 1.5]).reward == 14.75)
    let choices = try Stub.environment("Composite-v0", ["actions": "multi"])
    #expect(choices.actionSpace == .multiDiscrete(counts: [2, 4]))
    #expect(try step(choices, action: [1, 3]).reward == 31)
  }

  @Test("What cannot be done is a sentence that names the space")
  func refused() throws {
    let text = #expect(throws: GymnasiumError.self) {
      try Stub.environment("Composite-v0", ["observations": "text"])
    }
    #expect(text?.description.hasPrefix("The observation space Text(9) cannot be used;") == true)
    let mixed = #expect(throws: GymnasiumError.self) {
      try Stub.environment("Composite-v0", ["actions": "mixed"])
    }
    #expect(mixed?.description.contains("mixes choices with real numbers") == true)
  }
}
