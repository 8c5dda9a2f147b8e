import EnvironmentKit
import RandomStreams
import Testing

/// A mistake of a program that uses EnvironmentKit.
private enum Mistake: String, CaseIterable, Codable, Sendable {
  case cornersOfOtherCounts, cornersInWrongOrder, choiceBeyondTheLast, partOfAnAction
  case noCopies, noSuchRow, noSuchState, otherSnapshot, noValidChoice
  case clippedChoices, rescaledChoices, unboundedRescaling, noFrames, noScale, noTime
  case sceneWithoutArea, nameTwice, stepAfterTheEnd

  /// What is printed, apart from the place in the code.
  var sentence: String {
    switch self {
    case .cornersOfOtherCounts:
      "A box needs as many lowest as highest values; got 1 and 2."
    case .cornersInWrongOrder:
      "A box's lowest values [2.0] must not exceed its highest [1.0]."
    case .choiceBeyondTheLast: "The action is 2.0, but there are the choices 0 to 1."
    case .partOfAnAction: "3 numbers are no whole number of actions of 2 components."
    case .noCopies: "A vector environment needs at least 1 copy, not 0."
    case .noSuchRow, .noSuchState: "Row 7 is not one of the 2 rows."
    case .otherSnapshot: "The snapshot is of 3 environments; these are 2."
    case .noValidChoice:
      "FaultyWalk-v0 allows no choice of component 0 of the action in a state; at least one of its "
        + "2 choices must be valid."
    case .clippedChoices:
      "The actions of Countdown-v1 are choices, which cannot be clipped; only real numbers can."
    case .rescaledChoices:
      "The actions of Countdown-v1 are choices, which have no scale; only real numbers do."
    case .unboundedRescaling:
      """
      Component 0 of an action of Dial reaches from -inf to inf, and only what has two finite bounds \
      can be stretched from −1...1; use rescalingActions(by:around:) and say by how much.
      """
    case .noFrames: "At least 1 frame makes an observation, not 0."
    case .noScale: "Rewards are scaled by 0.0; it must be finite, above 0."
    case .noTime: "The time limit is 0; it must be at least 1, or nil."
    case .sceneWithoutArea: "A scene of size 0.0 × 1.0 has no area to be drawn."
    case .nameTwice: "Two environments of a registry have the name Countdown-v1."
    case .stepAfterTheEnd:
      "The episode of row 0 of Wanderer-v1 has ended; begin another one before the next step."
    }
  }

  func make() {
    let environments = VectorEnvironment(Countdown(), count: 2, seed: 1)
    switch self {
    case .cornersOfOtherCounts: _ = BoxSpace(lowest: [0], highest: [1, 2])
    case .cornersInWrongOrder: _ = BoxSpace(lowest: [2], highest: [1])
    case .choiceBeyondTheLast: _ = ([2] as [Float]).span.choice(among: 2)
    case .partOfAnAction:
      var (numbers, stream) = ([Float](repeating: 0, count: 3), stream)
      numbers.withUnsafeMutableBufferPointer {
        ActionSpace.multiDiscrete(counts: [2, 2]).sample(into: $0, using: &stream)
      }
    case .noCopies: _ = VectorEnvironment(Countdown(), count: 0, seed: 1)
    case .noSuchRow: _ = StepArrays(for: environments).buffers(from: 7)
    case .noSuchState: _ = environments.state(of: 7)
    case .otherSnapshot:
      environments.restore(VectorEnvironment(Countdown(), count: 3, seed: 1).snapshot())
    case .noValidChoice: _ = FaultyWalk(.allChoicesInvalid).actionMask(of: .init(steps: 4))
    case .clippedChoices: _ = Countdown().clippingActions()
    case .rescaledChoices: _ = Countdown().rescalingActions()
    case .unboundedRescaling:
      _ = WideBoundTests.Dial(box: BoxSpace(symmetric: [.infinity])).rescalingActions()
    case .noFrames: _ = Countdown().stackingFrames(0)
    case .noScale: _ = Countdown().scalingRewards(by: 0)
    case .noTime: _ = Countdown().limited(to: 0)
    case .sceneWithoutArea: _ = Scene(width: 0, height: 1, shapes: [])
    case .nameTwice: _ = EnvironmentRegistry([Countdown(), Countdown()])
    case .stepAfterTheEnd:
      let episode = try? EpisodeRunner(of: Wanderer(timeLimit: 1), seed: 1)
      for _ in 0..<2 { try? episode?.step(0, action: [0, 0]) }
    }
  }

  private var stream: RandomStream { RandomStream(seed: 1, purpose: .action, index: 0) }
}

@Suite("Sentences about mistakes")
struct SentenceTests {
  @Test("are printed before the program stops", arguments: Mistake.allCases)
  fileprivate func prints(mistake: Mistake) async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [mistake = mistake as Mistake] in
      mistake.make()
    }
    let words = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(words.contains("Fatal error: \(mistake.sentence) ("), "\(words)")
  }
}
