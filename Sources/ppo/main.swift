import ControlEnvironments
import ControlPresets
import GymnasiumEnvironments
import PPOCommand

PPOCommand.main(
  environments: .builtIn.adding(GymnasiumSource()), presets: Preset.builtIn + Preset.gymnasium)
