import EnvironmentKit
import Foundation
import LossBalancing
import PolicyOptimization
import RandomStreams
import Testing

@testable import Experiments

/// Earns NaN once one choice was held for 30 steps, as only a policy does that draws nothing.
private struct Stuck: Environment {
  struct State: Codable, Sendable {
    var choice = 0
    var held = 0
  }
  let name = "Stuck"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  let actionSpace = ActionSpace.discrete(count: 2)
  let timeLimit: Int? = 60

  func initialState(using generator: inout RandomStream) -> State { State() }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    let choice = action.choice(among: 2)
    state.held = choice == state.choice ? state.held + 1 : 1
    state.choice = choice
    return Outcome(reward: state.held < 30 ? 1 : .nan, terminated: false)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) { observation[0] = 1 }
}

@Suite("The runs of a comparison")
struct ComparisonRunnerTests {
  @Test("go on where one cannot be evaluated, which is its failure")
  func survivesEvaluations() throws {
    var hyperparameters = Hyperparameters()
    hyperparameters.totalTimesteps = 160
    hyperparameters.environmentCount = 4
    hyperparameters.stepsPerRollout = 20
    hyperparameters.minibatchSize = 40
    hyperparameters.updateEpochs = 1
    hyperparameters.hiddenSizes = [4]
    hyperparameters.evaluationInterval = 0
    let plan = ComparisonPlan(
      environment: "Stuck", hyperparameters: hyperparameters, balancers: ["fixed"],
      rewardScales: [1], seeds: 2)
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("runs-\(UUID())")
    defer { try? FileManager.default.removeItem(at: url) }
    let runner = ComparisonRunner(
      of: plan, in: Stuck(), folder: url, episodes: 3, threads: 1, writesTensorBoard: false)
    let ends = try #require(try runner.run()).runs
    #expect(ends.count == 2)
    for end in ends {
      #expect(end.meanReturn == nil && end.timesteps == 160 && end.episodes == 3)
      #expect(end.failure?.contains("The reward is nan in episode 0 of an evaluation") == true)
    }
    // What was found is not found again.
    #expect(try runner.run(until: { true }) == nil)
    #expect(ComparedRun.finished(in: runner.folders[1], episodes: 3) == ends[1])
    #expect(Comparison(ends, of: plan).cells.map(\.failedCount) == [2])
  }
}
