import ControlEnvironments
import ControlPresets
import PPOCommand

PPOCommand.main(environments: .builtIn, presets: Preset.builtIn)
