/// Which runs the sweep consists of, the most telling first.
struct RewardScalePlan {
  /// The balancers, in the order of the tables.
  let balancers: [String]
  /// The scales at which all balancers are tried.
  let coarseScales: [Double]
  /// The scales at which ``mainBalancers`` are tried, where the gradient is clipped.
  let fineScales: [Double]
  let settings: [RewardScaleSetting]
  let coarseSeeds: Int
  let seeds: Int

  /// What is claimed about them is claimed of nine decades and all seeds.
  static let mainBalancers = ["fixed", "log", "anchored-magnitude"]

  /// The formulas of the documents that the project comes from, for which a pilot gave numbers: they
  /// get all seeds, too, where the gradient is clipped.
  static let literalBalancers = ["running-max-literal", "log-literal"]

  /// Relatives of others, which are not tried without clipping.
  private static let onlyClipped = ["ema-magnitude", "log-ema-magnitude", "encodec"]

  static let decades: [Double] = [1e-4, 1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3, 1e4]

  /// - Parameters:
  ///   - environments: The names of the environments.
  ///   - seeds: For the main balancers and the literal ones; the others get half as many.
  ///   - isQuick: Whether to leave out most of it.
  init(environments: [String], seeds: Int, isQuick: Bool) {
    balancers =
      isQuick
      ? ["fixed", "log-literal", "log", "anchored-magnitude"]
      : [
        "fixed", "running-max-literal", "log-literal", "running-max", "log", "ema-magnitude",
        "log-ema-magnitude", "anchored-magnitude", "anchored-norm", "gradnorm",
        "encodec",
      ]
    coarseScales = isQuick ? [1e-4, 1, 1e4] : [1e-4, 1e-2, 1, 1e2, 1e4]
    fineScales = isQuick ? coarseScales : Self.decades
    self.seeds = isQuick ? min(seeds, 2) : seeds
    coarseSeeds = isQuick ? self.seeds : (seeds + 1) / 2
    settings = (isQuick ? [true] : [true, false]).flatMap { clips in
      environments.flatMap { environment in
        TargetScale.allCases.map {
          RewardScaleSetting(environment: environment, target: $0, clips: clips)
        }
      }
    }
  }

  /// The scales at which a balancer is tried in a setting.
  func scales(of balancer: String, in setting: RewardScaleSetting) -> [Double] {
    setting.clips && Self.mainBalancers.contains(balancer) ? fineScales : coarseScales
  }

  /// How many seeds a balancer gets in a setting.
  func seeds(of balancer: String, in setting: RewardScaleSetting) -> Int {
    setting.clips && (Self.mainBalancers + Self.literalBalancers).contains(balancer)
      ? seeds : coarseSeeds
  }

  /// The balancers that are tried in a setting.
  func balancers(in setting: RewardScaleSetting) -> [String] {
    setting.clips ? balancers : balancers.filter { !Self.onlyClipped.contains($0) }
  }

  /// The runs, each once, in an order in which a sweep that is interrupted can be reported: what is
  /// claimed of the main balancers, all others, the rest of the main ones, and those without clipping.
  var runs: [RewardScaleRun] {
    var known: Set<RewardScaleRun> = []
    let clipped = settings.filter(\.clips)
    let all =
      mainRuns(of: clipped.filter { $0.target == .returns }) + coarseRuns(of: clipped)
      + mainRuns(of: clipped) + coarseRuns(of: settings)
    return all.filter { known.insert($0).inserted }
  }

  private func mainRuns(of settings: [RewardScaleSetting]) -> [RewardScaleRun] {
    (1...seeds).flatMap { seed in
      settings.flatMap { runs(of: $0, Self.mainBalancers, fineScales, seed) }
    }
  }

  private func coarseRuns(of settings: [RewardScaleSetting]) -> [RewardScaleRun] {
    (1...seeds).flatMap { seed in
      settings.flatMap { setting in
        runs(
          of: setting, balancers(in: setting).filter { seed <= seeds(of: $0, in: setting) },
          coarseScales, seed)
      }
    }
  }

  private func runs(
    of setting: RewardScaleSetting, _ balancers: [String], _ scales: [Double], _ seed: Int
  ) -> [RewardScaleRun] {
    balancers.flatMap { balancer in
      scales.map {
        RewardScaleRun(setting: setting, balancer: balancer, scale: $0, seed: seed)
      }
    }
  }
}
