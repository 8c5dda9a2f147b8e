import ControlEnvironments
import EnvironmentKit
import PolicyOptimization
import Testing

@testable import RolloutViewer

@Suite("Recordings")
struct RecordingTests {
  private func policy(
    in environment: any BatchableEnvironment, normalizesObservations: Bool = false
  ) throws -> TrainedPolicy {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 1024
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 64
    hyperparameters.minibatchSize = 64
    hyperparameters.normalizesObservations = normalizesObservations
    let trainer = try Trainer(environment, hyperparameters, seed: 5, threads: 1)
    try trainer.train()
    return trainer.policy
  }

  /// Rounding differs where several rows are evaluated at once; sums of rewards do not show it.
  @Test("The first episode is that of an evaluation", arguments: [false, true])
  func agreesWithEvaluation(isStochastic: Bool) throws {
    func check(_ environment: any BatchableEnvironment) throws {
      let policy = try policy(in: environment, normalizesObservations: true)
      let evaluation = try policy.evaluate(
        in: environment, episodes: 3, seed: 7, isStochastic: isStochastic)
      let recording = try Recording(
        of: environment, by: PolicyPlayer(policy, in: environment), episodes: 3, seed: 7,
        isStochastic: isStochastic)
      #expect(recording.returns == evaluation.returns)
      #expect(recording.episodes.map { $0.count - 1 } == evaluation.lengths)
    }
    try check(CartPole())
    try check(Pendulum())
  }

  @Test("Every view has the scene of its step and the curves of the whole episode")
  func views() throws {
    let recording = try Recording(of: Staircase(), by: Habit.second, seed: 1)
    let views = try #require(recording.episodes.first)
    #expect(views.map(\.step) == [0, 1, 2, 3, 4, 5])
    #expect(views.map(\.scene.shapes.count) == [1, 2, 3, 4, 5, 6])
    #expect(views.map(\.earned) == [0, 2, 4, 6, 8, 10])
    #expect(views.allSatisfy { $0.returns == [2, 4, 6, 8, 10] && $0.values.count == 5 })
    #expect(views.map(\.ending) == [.none, .none, .none, .none, .none, .terminated])
  }

  @Test("The time limit ends an episode, and so does the limit of the recording")
  func limits() throws {
    var environment = Staircase()
    environment.end = 100
    let full = try Recording(of: environment, by: Habit.second, seed: 1)
    #expect(full.stepCount == 8 && full.episodes[0].last?.ending == .truncated)
    let short = try Recording(of: environment, by: Habit.second, seed: 1, stepLimit: 3)
    #expect(short.stepCount == 3 && short.episodes[0].last?.ending == Ending.none)
  }

  @Test("It can be given up while it is played and while it is drawn")
  func isGivenUp() throws {
    var asked = 0
    func isThird() -> Bool {
      asked += 1
      return asked == 3
    }
    #expect(throws: ViewerError.stopped) {
      try Recording(of: Staircase(), by: Habit.second, seed: 1, until: isThird)
    }
    #expect(asked == 3)
    let recording = try Recording(of: Staircase(), by: Habit.second, seed: 1)
    asked = 0
    #expect(throws: ViewerError.stopped) { try recording.animatedSVG(until: isThird) }
    #expect(asked == 3)
  }

  @Test("Pictures are evenly spaced, with the first and the last among them")
  func pictures() throws {
    let recording = try Recording(of: Staircase(), by: Habit.second, seed: 1)
    let size = PicturePoint(960, 540)
    let all = recording.pictures(size: size, framesPerSecond: 25)
    #expect(all.perSecond == 10 && all.count == 6 + 5)
    let some = recording.pictures(size: size, framesPerSecond: 4)
    #expect(abs(some.perSecond - 10.0 / 3) < 1e-9)
    // Steps 0, 3 and 5, which stays for half a second.
    #expect(some.count == 3 + 2)
    #expect(some.first == all.first)
    #expect(some.last == all.last)
  }
}
