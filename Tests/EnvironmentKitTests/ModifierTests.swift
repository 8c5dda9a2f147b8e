import EnvironmentKit
import Foundation
import RandomStreams
import Testing

/// Moves by what the action says, and earns where it stands; its action is not symmetric.
private struct Track: Environment {
  let name = "Track-v1"
  let timeLimit: Int? = 12
  let rewardThreshold: Double? = 8
  let stepsPerSecond = 50.0
  let observationSpace = BoxSpace(lowest: [-100, 0], highest: [100, 20])
  let actionSpace = ActionSpace.box(BoxSpace(lowest: [0, -3], highest: [4, 1]))

  struct State: Sendable, Codable, Hashable {
    var position: Double
    var steps = 0
  }

  func initialState(using generator: inout RandomStream) -> State {
    State(position: generator.uniform())
  }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state.position += Double(action[0] + 10 * action[1])
    state.steps += 1
    return Outcome(reward: state.position, terminated: abs(state.position) > 90)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state.position)
    observation[1] = Float(state.steps)
  }

  func scene(of state: State) -> Scene {
    Scene(
      width: 200, height: 1,
      shapes: [.disc(at: Scene.Point(state.position, 0), radius: 1, role: .body)])
  }
}

/// Some steps of an environment with the same action each time.
private struct Play<Base: Environment> {
  let base: Base
  var state: Base.State
  var generator = RandomStream(seed: 2, purpose: .environment, index: 0)

  init(_ base: Base) {
    self.base = base
    state = base.initialState(using: &generator)
  }

  mutating func step(_ action: [Float]) -> Outcome {
    base.step(&state, action: action.span, using: &generator)
  }

  var observation: [Float] {
    var numbers = [Float](repeating: .nan, count: base.observationSpace.count)
    var span = numbers.mutableSpan
    base.observe(state, into: &span)
    return numbers
  }
}

@Suite("Modifiers of environments")
struct ModifierTests {
  @Test("All of them, and all together, keep the contract of environments")
  func keepContract() throws {
    let checker = EnvironmentChecker()
    try checker.check(Track())
    try checker.check(Track().limited(to: 5))
    try checker.check(Track().stackingFrames(3))
    try checker.check(Track().rescalingActions())
    try checker.check(Track().clippingActions())
    try checker.check(Track().scalingRewards(by: 0.1))
    try checker.check(Track().clippingRewards(to: -1...1))
    try checker.check(Countdown(timeLimit: 4).stackingFrames(2).limited(to: 3))
    try checker.check(
      Track().scalingRewards(by: 0.1).rescalingActions().stackingFrames(2).limited(to: 7))
  }

  @Test("What a modifier does not change is that of its base")
  func forwards() {
    let modified = Track().clippingActions()
    #expect(modified.name == "Track-v1" && modified.timeLimit == 12)
    #expect(modified.observationSpace == Track().observationSpace)
    #expect(modified.actionSpace == Track().actionSpace && modified.rewardThreshold == 8)
    #expect(modified.stepsPerSecond == 50)
    let state = Track.State(position: 3)
    #expect(modified.scene(of: state) == Track().scene(of: state))
    let stacked = Track().stackingFrames(2)
    let stackedState = Play(stacked).state
    #expect(stacked.scene(of: stackedState) == Track().scene(of: stackedState.base))
  }

  @Test("A time limit takes the place of the base's own, shorter or longer or none")
  func limits() {
    func lengths(_ environment: some Environment) -> Set<Int> {
      let environments = VectorEnvironment(environment, count: 3, seed: 1)
      let arrays = StepArrays(for: environments)
      var lengths: Set<Int> = []
      for _ in 0..<60 {
        environments.step(0..<3, through: arrays.buffers())
        for row in 0..<3 where arrays.endings[row] == .truncated {
          lengths.insert(arrays.episodeLengths[row])
        }
      }
      return lengths
    }
    #expect(lengths(Track()) == [12])
    #expect(lengths(Track().limited(to: 5)) == [5])
    #expect(lengths(Track().limited(to: 20)) == [20])
    #expect(lengths(Track().limited(to: nil)) == [])
    #expect(lengths(Track().limited(to: 5).limited(to: 9)) == [9])
    #expect(lengths(Track().limited(to: 5).scalingRewards(by: 2)) == [5])
    #expect(Track().limited(to: 5).rewardThreshold == nil)
    #expect(Track().limited(to: 5, rewardThreshold: 3).rewardThreshold == 3)
  }

  @Test("Frames are stacked with the oldest first, and begin as the first observation")
  func stacks() {
    var single = Play(Track())
    var stacked = Play(Track().stackingFrames(3))
    let start = single.observation
    #expect(stacked.observation == start + start + start)
    #expect(stacked.base.observationSpace.highest == [100, 20, 100, 20, 100, 20])
    var frames = [start, start, start]
    for step in 0..<6 {
      let action = [Float(step), 0.5]
      #expect(stacked.step(action) == single.step(action))
      frames = Array(frames.dropFirst()) + [single.observation]
      #expect(stacked.observation == Array(frames.joined()))
    }
  }

  @Test("A stacked state is stored with its frames")
  func stacksSurviveStorage() throws {
    var play = Play(Track().stackingFrames(4))
    for _ in 0..<6 { _ = play.step([1, 0]) }
    let expected = play.observation
    let stored = try JSONEncoder().encode(play.state)
    play.state = try JSONDecoder().decode(FrameStacked<Track>.State.self, from: stored)
    #expect(play.observation == expected)
  }

  @Test(
    "Actions from −1 to 1 reach from bound to bound, and no further",
    arguments: [
      ([-1, -1], [0, -3]), ([1, 1], [4, 1]), ([0, 0], [2, -1]), ([0.5, -0.5], [3, -2]),
      ([9, -9], [4, -3]),
    ] as [([Float], [Float])])
  func rescales(action: [Float], expected: [Float]) {
    var rescaled = Play(Track().rescalingActions())
    var plain = Play(Track())
    #expect(rescaled.step(action) == plain.step(expected))
    #expect(rescaled.base.actionSpace == .box(BoxSpace(symmetric: [1, 1])))
  }

  @Test("Actions beyond the bounds are the bounds", arguments: [false, true])
  func clips(isLow: Bool) {
    var clipped = Play(Track().clippingActions())
    var plain = Play(Track())
    #expect(clipped.step(isLow ? [-7, -7] : [7, 7]) == plain.step(isLow ? [0, -3] : [4, 1]))
    #expect(clipped.step([1, -2]) == plain.step([1, -2]))
  }

  @Test("An action that is no number is handed on, so that somebody notices")
  func handsOnWhatIsNoNumber() {
    var clipped = Play(Track().clippingActions())
    #expect(clipped.step([.nan, 0]).reward.isNaN)
    var rescaled = Play(Track().rescalingActions())
    #expect(rescaled.step([0, .nan]).reward.isNaN)
  }

  @Test("Rewards are scaled with the threshold, or clipped without one")
  func changesRewards() {
    var plain = Play(Track())
    var scaled = Play(Track().scalingRewards(by: 0.25))
    var clipped = Play(Track().clippingRewards(to: -1...2))
    for action in [[1, 0], [4, 0], [0, -3]] as [[Float]] {
      let reward = plain.step(action).reward
      #expect(scaled.step(action).reward == 0.25 * reward)
      #expect(clipped.step(action).reward == min(max(reward, -1), 2))
    }
    #expect(scaled.base.rewardThreshold == 2 && clipped.base.rewardThreshold == nil)
  }

  @Test("What makes no sense is refused")
  func refuses() async {
    await #expect(processExitsWith: .failure) { _ = Countdown().rescalingActions() }
    await #expect(processExitsWith: .failure) { _ = Countdown().clippingActions() }
    await #expect(processExitsWith: .failure) { _ = Countdown().limited(to: 0) }
    await #expect(processExitsWith: .failure) { _ = Countdown().stackingFrames(0) }
    await #expect(processExitsWith: .failure) { _ = Countdown().scalingRewards(by: 0) }
  }
}
