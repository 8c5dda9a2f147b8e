import EnvironmentKit
import RandomStreams
import Testing

@Suite("Spaces")
struct SpaceTests {
  private static let box = BoxSpace(
    lowest: [-1, -.infinity, 2, -.infinity, 5], highest: [1, 0, .infinity, .infinity, 5])

  @Test("A box contains its corners and nothing beyond; NaN is nowhere")
  func contains() {
    let square = BoxSpace(symmetric: [1, 2])
    #expect(square.contains([1, -2]) && square.contains([0, 0]))
    #expect(!square.contains([1.001, 0]) && !square.contains([0, -2.001]))
    #expect(!square.contains([.nan, 0]) && !square.contains([0]))
  }

  @Test("Actions are made of as many numbers as the space says")
  func counts() {
    #expect(ActionSpace.discrete(count: 7).componentCount == 1)
    #expect(ActionSpace.multiDiscrete(counts: [2, 3, 4]).componentCount == 3)
    #expect(ActionSpace.box(Self.box).componentCount == 5)
  }

  @Test("Random actions are in the space and reach all of it")
  func samples() {
    var stream = RandomStream(seed: 1, purpose: .action, index: 0)
    let actions = (0..<1_000).map { _ in
      ActionSpace.multiDiscrete(counts: [2, 3]).sample(using: &stream)
    }
    #expect(Set(actions) == Set([[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]))
    let points = (0..<1_000).map { _ in Self.box.sample(using: &stream) }
    #expect(points.allSatisfy { Self.box.contains($0) })
    #expect(points.contains { $0[0] < -0.9 } && points.contains { $0[0] > 0.9 })
  }

  @Test("An action is one of the choices")
  func choices() async {
    let action: [Float] = [2, 0]
    #expect(action.span.choice(among: 3) == 2)
    #expect(action.span.choice(among: 1, component: 1) == 0)
    await #expect(processExitsWith: .failure) { _ = ([2] as [Float]).span.choice(among: 2) }
    await #expect(processExitsWith: .failure) { _ = ([0.5] as [Float]).span.choice(among: 2) }
    await #expect(processExitsWith: .failure) { _ = ([Float.nan]).span.choice(among: 2) }
  }

  @Test("A box whose corners do not fit together is refused")
  func refusesCorners() async {
    await #expect(processExitsWith: .failure) { _ = BoxSpace(lowest: [0], highest: [1, 2]) }
    await #expect(processExitsWith: .failure) { _ = BoxSpace(lowest: [2], highest: [1]) }
    await #expect(processExitsWith: .failure) { _ = BoxSpace(lowest: [.nan], highest: [1]) }
  }
}
