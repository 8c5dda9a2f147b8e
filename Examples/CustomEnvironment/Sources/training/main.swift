import Foundation
import PolicyOptimization

/// A corridor of eleven places: the way to the right end is to be found.
struct Corridor: Environment {
  let name = "Corridor"
  let observationSpace = BoxSpace(lowest: [0], highest: [1])
  let actionSpace = ActionSpace.discrete(count: 2)
  let timeLimit: Int? = 50

  func initialState(using generator: inout RandomStream) -> Int { generator.integer(below: 5) }

  func step(
    _ state: inout Int, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    state = max(0, state + (action[0] == 1 ? 1 : -1))
    return Outcome(reward: state == 10 ? 1 : -0.01, terminated: state == 10)
  }

  func observe(_ state: Int, into observation: inout MutableSpan<Float>) {
    observation[0] = Float(state) / 10
  }
}

try EnvironmentChecker().check(Corridor())

var hyperparameters = Hyperparameters()
hyperparameters.totalTimesteps = 20_480
hyperparameters.sharesTrunk = true
hyperparameters.balancer = "log"
let trainer = try Trainer(Corridor(), hyperparameters, seed: 1)
try trainer.train()

let trained = try trainer.policy.evaluate(in: Corridor(), episodes: 100, seed: 1)
print("mean return after training: \(trained.meanReturn)")

let file = FileManager.default.temporaryDirectory.appendingPathComponent("corridor.safetensors")
try trainer.checkpoint.write(to: file)
let policy = try Checkpoint(contentsOf: file).policy(for: Corridor())
let reloaded = try policy.evaluate(in: Corridor(), episodes: 100, seed: 1)
print("the same, saved and reloaded: \(reloaded.meanReturn)")
precondition(trained == reloaded, "A reloaded policy must act as the trained one does.")
precondition(trained.meanReturn > 0.9, "The right end of the corridor was not found.")
