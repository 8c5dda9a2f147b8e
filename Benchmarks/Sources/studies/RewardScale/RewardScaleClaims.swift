/// What theory and the pilot say about the sweep, as sentences that can be false.
struct RewardScaleClaims {
  let summaries: [RewardScaleSummary]
  let environments: [String]

  var claims: [Claim] {
    environments.flatMap { environment in
      [
        rawFalls(in: environment), fixedFails(in: environment), smallIsLost(in: environment),
        largeIsKept(in: environment),
      ].compactMap(\.self) + flatness(in: environment)
    } + pilot + clipping
  }

  private func summary(
    _ environment: String, _ target: TargetScale, _ balancer: String, clips: Bool = true
  ) -> RewardScaleSummary? {
    let setting = RewardScaleSetting(environment: environment, target: target, clips: clips)
    return summaries.first { $0.setting == setting && $0.balancer == balancer }
  }

  private func all(_ environment: String, _ target: TargetScale) -> [RewardScaleSummary] {
    summaries.filter {
      $0.setting.environment == environment && $0.setting.target == target && $0.setting.clips
    }
  }

  /// Those that are not known to break at scale 1.
  private func sound(_ environment: String, _ target: TargetScale) -> [RewardScaleSummary] {
    all(environment, target).filter { !RewardScalePlan.literalBalancers.contains($0.balancer) }
  }

  /// Raw rewards: no balancer makes PPO indifferent to their scale.
  private func rawFalls(in environment: String) -> Claim? {
    let best = all(environment, .none).max { $0.worstToBest < $1.worstToBest }
    return best.map {
      Claim(
        sentence: "\(environment), raw rewards: every method has a worst/best below 0.95",
        measured: "at most \($0.worstToBest.digits(3)), \($0.balancer)",
        holds: $0.worstToBest < 0.95)
    }
  }

  private func fixedFails(in environment: String) -> Claim? {
    summary(environment, .none, "fixed").map {
      Claim(
        sentence: "\(environment), raw rewards: fixed loses more than half of its score",
        measured: $0.worstToBest.digits(3), holds: $0.worstToBest < 0.5)
    }
  }

  private func smallIsLost(in environment: String) -> Claim? {
    let best = sound(environment, .none).max {
      $0.scoreToBest(at: 1e-4) < $1.scoreToBest(at: 1e-4)
    }
    return best.map {
      let part = $0.scoreToBest(at: 1e-4)
      return Claim(
        sentence: "\(environment), raw rewards × 1e-4: no sound method keeps 90 % of its best",
        measured: "at most \((100 * part).digits(0)) %, \($0.balancer)", holds: part < 0.9)
    }
  }

  /// On a bandit, where no critic is needed, they did.
  private func largeIsKept(in environment: String) -> Claim? {
    let names = ["running-max", "log", "ema-magnitude", "log-ema-magnitude", "anchored-magnitude"]
    let best = all(environment, .none).filter { names.contains($0.balancer) }.max {
      $0.scoreToBest(at: 1e4) < $1.scoreToBest(at: 1e4)
    }
    return best.map {
      let part = $0.scoreToBest(at: 1e4)
      return Claim(
        sentence: "\(environment), raw rewards × 1e4: a rule of magnitudes keeps 90 % of its best",
        measured: "at most \((100 * part).digits(0)) %, \($0.balancer)", holds: part >= 0.9)
    }
  }

  /// Scaled targets: with the main balancers nothing depends on the scale.
  private func flatness(in environment: String) -> [Claim] {
    [TargetScale.returns, .popart].flatMap { target in
      RewardScalePlan.mainBalancers.compactMap { balancer in
        summary(environment, target, balancer).map {
          Claim(
            sentence: "\(environment), \(target.rawValue), \(balancer): worst/best at least 0.95",
            measured: $0.worstToBest.digits(3), holds: $0.worstToBest >= 0.95)
        }
      }
    }
  }

  /// What a small experiment with another toolkit found.
  private var pilot: [Claim] {
    let name = "CartPole-v1"
    let fixed = summary(name, .returns, "fixed").map {
      Claim(
        sentence: "\(name), returns, fixed: from 444 to 500 at every scale",
        measured: text($0.means), holds: $0.means.lowerBound >= 444)
    }
    let flat = ["anchored-magnitude", "log"].map { balancer in
      summary(name, .returns, balancer).map {
        Claim(
          sentence: "\(name), returns, \(balancer): 500.0 at every scale", measured: text($0.means),
          holds: $0.means.lowerBound >= 499.95)
      }
    }
    let literal = zip(RewardScalePlan.literalBalancers, [99.0...269, 129...500]).map {
      balancer, range in
      summary(name, .none, balancer).map {
        let mean = $0.mean(at: 1)
        return Claim(
          sentence: "\(name), raw rewards × 1, \(balancer): from \(text(range))",
          measured: mean.digits(1), holds: range.contains(mean))
      }
    }
    return ([fixed] + flat + literal).compactMap(\.self)
  }

  /// A joint clip hides what a huge weight does.
  private var clipping: [Claim] {
    environments.flatMap { name in
      RewardScalePlan.literalBalancers.compactMap { balancer -> Claim? in
        guard let clipped = summary(name, .returns, balancer),
          let free = summary(name, .returns, balancer, clips: false)
        else { return nil }
        return Claim(
          sentence: "\(name), returns, \(balancer): lower still without clipping",
          measured:
            "\(clipped.interquartileMean.digits(1)), then \(free.interquartileMean.digits(1))",
          holds: free.interquartileMean < clipped.interquartileMean)
      }
    }
  }

  private func text(_ range: ClosedRange<Double>) -> String {
    "\(range.lowerBound.digits(1)) to \(range.upperBound.digits(1))"
  }
}
