import Experiments
import PolicyOptimization

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
  /// where there are too few or all have earned the same.
  let meanInterval: [Double]?
  /// How many of the episodes did not end.
  let unfinishedCount: Int
  /// The mean return of each seed.
  let meanReturns: [Double]

  init(environment: String, _ evaluations: [Evaluation]) {
    let all = Evaluation(
      returns: evaluations.flatMap(\.returns), lengths: evaluations.flatMap(\.lengths),
      unfinishedCount: evaluations.reduce(0) { $0 + $1.unfinishedCount })
    self.environment = environment
    episodes = all.returns.count
    meanReturn = all.meanReturn
    standardDeviation = all.standardDeviation
    medianReturn = all.medianReturn
    minReturn = all.returns.min() ?? .nan
    maxReturn = all.returns.max() ?? .nan
    meanLength = all.meanLength
    let interval = Statistics.meanInterval(of: all.returns)
    meanInterval = interval.map { [$0.lowerBound, $0.upperBound] }
    unfinishedCount = all.unfinishedCount
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
    case unfinishedCount = "unfinished_episodes"
    case meanReturns = "mean_returns"
  }

  /// Writes every key; an interval that there is none of is null.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(environment, forKey: .environment)
    try container.encode(episodes, forKey: .episodes)
    try container.encode(meanReturn, forKey: .meanReturn)
    try container.encode(standardDeviation, forKey: .standardDeviation)
    try container.encode(medianReturn, forKey: .medianReturn)
    try container.encode(minReturn, forKey: .minReturn)
    try container.encode(maxReturn, forKey: .maxReturn)
    try container.encode(meanLength, forKey: .meanLength)
    try container.encode(meanInterval, forKey: .meanInterval)
    try container.encode(unfinishedCount, forKey: .unfinishedCount)
    try container.encode(meanReturns, forKey: .meanReturns)
  }
}
