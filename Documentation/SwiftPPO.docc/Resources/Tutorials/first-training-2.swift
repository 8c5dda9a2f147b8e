import ControlEnvironments
import ControlPresets
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
