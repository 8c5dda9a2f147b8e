import PolicyOptimization
import RunRecords

/// What `ppo evaluate --json` prints: how a policy did in the episodes of one seed or several.
struct EvaluationReport: Encodable {
  let environment: String
  let episodes: Int
  let meanReturn: Double
  let standardDeviation: Double
  let medianReturn: Double
  let minReturn: Double
  let maxReturn: Double
  let meanLength: Double
  /// Between what two numbers the mean over all episodes there are lies, with 95 % confidence; `nil`
  /// where there are too few to tell.
  let meanInterval: [Double]?
  /// The mean return of each seed.
  let meanReturns: [Double]

  init(environment: String, _ evaluations: [Evaluation]) {
    let all = Evaluation(
      returns: evaluations.flatMap(\.returns), lengths: evaluations.flatMap(\.lengths))
    self.environment = environment
    episodes = all.returns.count
    meanReturn = all.meanReturn
    standardDeviation = all.standardDeviation
    medianReturn = all.medianReturn
    minReturn = all.returns.min() ?? .nan
    maxReturn = all.returns.max() ?? .nan
    meanLength = all.meanLength
    let interval =
      all.returns.count < 5
      ? nil : Statistics.bootstrapInterval(of: [all.returns], statistic: Statistics.mean)
    meanInterval = interval.map { [$0.lowerBound, $0.upperBound] }
    meanReturns = evaluations.map(\.meanReturn)
  }

  private enum CodingKeys: String, CodingKey {
    case environment
    case episodes
    case meanReturn = "mean_return"
    case standardDeviation = "std_return"
    case medianReturn = "median_return"
    case minReturn = "min_return"
    case maxReturn = "max_return"
    case meanLength = "mean_length"
    case meanInterval = "mean_return_interval"
    case meanReturns = "mean_returns"
  }
}
