import EnvironmentKit
import RandomStreams
import Testing

/// Bounds whose distance is more than the largest number of single precision.
@Suite("Bounds further apart than single precision holds")
struct WideBoundTests {
  static let largest = Float.greatestFiniteMagnitude
  static let boxes = [
    BoxSpace(symmetric: [2e38]), BoxSpace(symmetric: [largest]),
    BoxSpace(lowest: [-largest], highest: [1e38]), BoxSpace(lowest: [-1e38], highest: [largest]),
  ]

  /// Earns the action's place between the bounds, from 0 to 1.
  struct Dial: Environment {
    let box: BoxSpace

    let name = "Dial"
    let timeLimit: Int? = 10
    var observationSpace: BoxSpace { box }
    var actionSpace: ActionSpace { .box(box) }

    func initialState(using generator: inout RandomStream) -> Float { 0 }

    func step(
      _ state: inout Float, action: Span<Float>, using generator: inout RandomStream
    ) -> Outcome {
      state = action[0]
      let (lowest, highest) = (Double(box.lowest[0]), Double(box.highest[0]))
      return Outcome(reward: (Double(state) - lowest) / (highest - lowest), terminated: false)
    }

    func observe(_ state: Float, into observation: inout MutableSpan<Float>) {
      observation[0] = state
    }
  }

  private func place(_ number: Float, in box: BoxSpace) -> Double {
    let (lowest, highest) = (Double(box.lowest[0]), Double(box.highest[0]))
    return (Double(number) - lowest) / (highest - lowest)
  }

  private func expectEven(_ places: [Double]) {
    let quarters = (0..<4).map { part in places.count { Int(min($0, 0.999) * 4) == part } }
    let expected = places.count / 4
    #expect(quarters.allSatisfy { abs($0 - expected) < expected / 4 }, "\(quarters)")
  }

  @Test("Random actions fill them evenly, one by one and many at once", arguments: boxes)
  func samples(box: BoxSpace) {
    var stream = RandomStream(seed: 1, purpose: .action, index: 0)
    let single = (0..<2_000).map { _ in box.sample(using: &stream) }
    #expect(single.allSatisfy { box.contains($0) })
    expectEven(single.map { place($0[0], in: box) })
    var many = [Float](repeating: .nan, count: 2_000)
    many.withUnsafeMutableBufferPointer { ActionSpace.box(box).sample(into: $0, using: &stream) }
    #expect(many.allSatisfy { box.contains([$0]) })
    expectEven(many.map { place($0, in: box) })
  }

  @Test("Rescaled actions reach from bound to bound", arguments: boxes)
  func rescales(box: BoxSpace) throws {
    let environment = Dial(box: box).rescalingActions()
    var stream = RandomStream(seed: 1, purpose: .environment, index: 0)
    for (action, expected) in [(-1, 0), (-0.5, 0.25), (0, 0.5), (1, 1)] as [(Float, Double)] {
      var state = environment.initialState(using: &stream)
      let outcome = environment.step(&state, action: [action].span, using: &stream)
      #expect(abs(outcome.reward - expected) < 1e-6, "\(action)")
    }
    try EnvironmentChecker().check(environment)
  }

  @Test("The checker plays between them, and finds nothing", arguments: boxes)
  func passesTheChecker(box: BoxSpace) throws {
    try EnvironmentChecker().check(Dial(box: box))
    try EnvironmentChecker().check(Dial(box: box).stackingFrames(2).clippingActions())
  }

  @Test(
    "The checker finds bounds without a finite number between them",
    arguments: [Float.infinity, -.infinity])
  func findsEmptyBounds(bound: Float) {
    let findings = EnvironmentChecker().findings(
      in: Dial(box: BoxSpace(lowest: [bound], highest: [bound])))
    #expect(
      findings.map(\.description) == [
        "Dial: no finite number lies between the bounds of component 0 of the observation; lower "
          + "the lowest value or raise the highest.",
        "Dial: no finite number lies between the bounds of component 0 of the action; lower the "
          + "lowest value or raise the highest.",
      ])
  }
}
