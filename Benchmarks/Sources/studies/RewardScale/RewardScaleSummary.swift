import Experiments

/// What a balancer reached in a setting, at each scale of the rewards.
struct RewardScaleSummary {
  /// All seeds at one scale.
  struct Place {
    let scale: Double
    let returns: [Double]
    let failures: Int

    var interquartileMean: Double { Statistics.interquartileMean(returns) }

    /// The 95 % interval of the interquartile mean, `nil` of too few seeds.
    var interval: ClosedRange<Double>? { Statistics.confidenceInterval(of: [returns]) }
  }

  let setting: RewardScaleSetting
  let balancer: String
  let places: [Place]
  /// What actions at random earn.
  let randomReturn: Double

  /// The places of a balancer in a setting; `nil` if there is a scale with no run or only one scale.
  init?(
    _ setting: RewardScaleSetting, _ balancer: String, scales: [Double], seeds: Int,
    randomReturn: Double, from record: RewardScaleRecord
  ) {
    self.setting = setting
    self.balancer = balancer
    self.randomReturn = randomReturn
    places = scales.compactMap { scale in
      let results = (1...seeds).compactMap {
        record[RewardScaleRun(setting: setting, balancer: balancer, scale: scale, seed: $0)]
      }
      if results.isEmpty { return nil }
      return Place(
        scale: scale, returns: results.map(\.meanReturn), failures: results.count { $0.failed })
    }
    if places.count < 2 { return nil }
  }

  func place(at scale: Double) -> Place? { places.first { $0.scale == scale } }

  /// The interquartile mean at a scale, no number if there is none.
  func mean(at scale: Double) -> Double { place(at: scale)?.interquartileMean ?? .nan }

  /// The lowest and the highest interquartile mean.
  var means: ClosedRange<Double> {
    let means = places.map(\.interquartileMean)
    return (means.min() ?? 0)...(means.max() ?? 0)
  }

  /// The interquartile mean over all scales and seeds.
  var interquartileMean: Double {
    Statistics.interquartileMean(places.flatMap(\.returns))
  }

  /// Its 95 % interval, where there are enough seeds; runs are drawn again within their scale.
  var interval: ClosedRange<Double>? { Statistics.confidenceInterval(of: places.map(\.returns)) }

  /// How little the scale matters: the score of the worst scale divided by that of the best, where a
  /// score is what is earned above actions at random; 0 if the worst is no better than those.
  var worstToBest: Double { worstToBest(of: places.map(\.interquartileMean)) }

  /// The 95 % interval of ``worstToBest``, `nil` while seeds are missing at some scales.
  var worstToBestInterval: ClosedRange<Double>? {
    let count = places[0].returns.count
    if places.contains(where: { $0.returns.count != count }) { return nil }
    return Statistics.confidenceInterval(of: places.map(\.returns)) { returns in
      let means = stride(from: 0, to: returns.count, by: count).map {
        Statistics.interquartileMean(Array(returns[$0..<$0 + count]))
      }
      return worstToBest(of: means)
    }
  }

  private func worstToBest(of means: [Double]) -> Double {
    let scores = means.map { max($0 - randomReturn, 0) }
    return scores.contains(0) ? 0 : Statistics.worstToBest(scores) ?? 0
  }

  /// The score at a scale relative to that at the best scale; 0 if it is no better than at random.
  func scoreToBest(at scale: Double) -> Double {
    max(mean(at: scale) - randomReturn, 0) / (means.upperBound - randomReturn)
  }
}
