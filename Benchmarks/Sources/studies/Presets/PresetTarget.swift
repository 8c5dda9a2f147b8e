import PolicyOptimization

/// What the ten mean returns of a preset should be.
struct PresetTarget {
  let environment: String
  let preset: String
  let statistic: Statistic
  let least: Double

  /// Which number of the seeds' mean returns counts.
  enum Statistic: String {
    case interquartileMean = "IQM"
    case median = "median"
    case lowest = "lowest"
  }

  /// The targets; those of the last three environments are the returns at which they count as solved.
  static let all = [
    PresetTarget("CartPole-v1", "default", .lowest, 500),
    PresetTarget("Acrobot-v1", "default", .interquartileMean, -80),
    PresetTarget("MountainCar-v0", "default", .interquartileMean, -110),
    PresetTarget("MountainCarContinuous-v0", "default", .interquartileMean, 92),
    PresetTarget("Pendulum-v1", "default", .median, -150),
    PresetTarget("Pendulum-v1", "long", .median, -140),
    PresetTarget("CartPoleSwingUp-v1", "default", .lowest, 375),
    PresetTarget("CartDoublePendulum-v1", "default", .lowest, 475),
    PresetTarget("PlanarQuadrotor-v1", "default", .lowest, 450),
  ]

  private init(_ environment: String, _ preset: String, _ statistic: Statistic, _ least: Double) {
    self.environment = environment
    self.preset = preset
    self.statistic = statistic
    self.least = least
  }

  static func target(of preset: Preset) -> PresetTarget? {
    all.first { $0.environment == preset.environment && $0.preset == preset.name }
  }

  /// Whether what was reached is enough.
  func isMet(by reached: ReachedReturns) -> Bool {
    switch statistic {
    case .interquartileMean: reached.interquartileMean >= least
    case .median: reached.median >= least
    case .lowest: reached.lowest >= least
    }
  }

  /// The target in a cell of a table.
  var cell: String { "\(statistic.rawValue) ≥ \(least.digits(0))" }
}
