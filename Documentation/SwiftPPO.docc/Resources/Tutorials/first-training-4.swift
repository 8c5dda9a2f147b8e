import ControlEnvironments
import ControlPresets
import Foundation
import PolicyOptimization

let environment = CartPole()
let hyperparameters = Preset.builtIn(for: environment.name)[0].hyperparameters
let trainer = try Trainer(environment, hyperparameters, seed: 1)
try trainer.train { event in
  switch event {
  case .updated(let report) where report.iteration.isMultiple(of: 20):
    print("step \(report.timestep): mean return \(report.meanReturn ?? 0)")
  case .solved(let timestep):
    print("solved at step \(timestep)")
  case .warning(let warning):
    print(warning.sentence)
  default:
    break
  }
}
print("trained for \(trainer.timestep) steps")

let evaluation = try trainer.policy.evaluate(in: environment, episodes: 100, seed: 1)
print("mean return of 100 episodes: \(evaluation.meanReturn)")

let file = FileManager.default.temporaryDirectory.appendingPathComponent("cartpole.safetensors")
try trainer.checkpoint.write(to: file)
let policy = try Checkpoint(contentsOf: file).policy(for: environment)
let again = try policy.evaluate(in: environment, episodes: 100, seed: 1)
print("the same policy, read from its file: \(again.meanReturn)")
