import ControlEnvironments
import ControlPresets
import PolicyOptimization

let environment = CartPole()
let hyperparameters = Preset.builtIn(for: environment.name)[0].hyperparameters
let trainer = try Trainer(environment, hyperparameters, seed: 1)
try trainer.train()
print("trained for \(trainer.timestep) steps")
