import EnvironmentKit
import RandomStreams
import Testing

@Suite("Modifiers of images")
struct ImageModifierTests {
  /// Counts its steps; shows them as an image of three channels with a number beside.
  private struct Clock: Environment {
    let name = "Clock"
    let observationLayout = ObservationLayout([
      .init("count", shape: [1], lowest: 0, highest: 100),
      .init("image", shape: [3, 4, 3], element: .uint8, lowest: 0, highest: 255),
    ])
    var observationSpace: BoxSpace { observationLayout.space }
    let actionSpace = ActionSpace.discrete(count: 2)
    let timeLimit: Int? = 10

    func initialState(using generator: inout RandomStream) -> Int { 0 }

    func step(
      _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
    ) -> Outcome {
      state += 1
      return Outcome(reward: Double(state), terminated: state == 9)
    }

    func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
      observation[0] = Float(state)
      for index in 1..<observation.count {
        observation[index] = Float(state % 2 == 0 ? index : 40 - index)
      }
    }
  }

  private func observed<Task: Environment>(_ task: Task, _ state: Task.State) -> [Float] {
    var numbers = [Float](repeating: -1, count: task.observationSpace.count)
    var span = numbers.mutableSpan
    task.observe(state, into: &span)
    return numbers
  }

  @Test("Grey is the luminance, rounded for bytes")
  func greyIsLuminance() {
    let grey = Clock().withGreyImages()
    #expect(grey.observationLayout.parts.map(\.shape) == [[1], [3, 4, 1]])
    let numbers = observed(grey, 0)
    #expect(numbers[0] == 0)
    // 0.299 · 1 + 0.587 · 2 + 0.114 · 3 = 1.815.
    #expect(numbers[1] == 2)
    #expect(numbers[2] == 5)
  }

  @Test("A smaller image has means over areas")
  func smallerImagesAreMeans() {
    let small = Clock().resizingImages(height: 2, width: 2)
    #expect(small.observationLayout.parts.map(\.shape) == [[1], [2, 2, 3]])
    // Rows 0 and half of 1 in thirds; columns 0 and 1: the mean of 1, 4, 13, 16 with weights 2, 2, 1, 1.
    let expected = Float(2 * 1 + 2 * 4 + 13 + 16) / 6
    #expect(observed(small, 0)[1] == expected.rounded())
    let same = Clock().resizingImages(height: 3, width: 4)
    #expect(observed(same, 4) == observed(Clock(), 4))
  }

  @Test("Skipped frames add their rewards, and the larger of the last two is seen")
  func skippedFramesAdd() {
    let task = Clock().skippingFrames(4)
    #expect(task.timeLimit == 3)
    var generator = RandomStream(seed: 1, purpose: .environment, index: 0)
    var state = task.initialState(using: &generator)
    let action: [Float] = [1]
    var outcome = task.step(&state, action: action.span, using: &generator)
    #expect(outcome.reward == 10)
    #expect(
      observed(task, state) == zip(observed(Clock(), 3), observed(Clock(), 4)).map { max($0, $1) })
    _ = task.step(&state, action: action.span, using: &generator)
    outcome = task.step(&state, action: action.span, using: &generator)
    #expect(outcome.reward == 9 && outcome.ending == .terminated)
    #expect(observed(task, state) == observed(Clock(), 9))
  }

  @Test("Stacked images have the frames as channels")
  func stackedImagesHaveChannels() {
    let task = Clock().withGreyImages().stackingFrames(2)
    #expect(task.observationLayout.parts.map(\.shape) == [[2], [3, 4, 2]])
    #expect(task.observationLayout.parts[1].element == .uint8)
    var generator = RandomStream(seed: 1, purpose: .environment, index: 0)
    var state = task.initialState(using: &generator)
    let action: [Float] = [1]
    _ = task.step(&state, action: action.span, using: &generator)
    let (before, now) = (
      observed(Clock().withGreyImages(), 0), observed(Clock().withGreyImages(), 1)
    )
    let expected = [before[0], now[0]] + (1..<13).flatMap { [before[$0], now[$0]] }
    #expect(observed(task, state) == expected)
  }
}
