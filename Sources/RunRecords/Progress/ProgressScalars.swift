import LossBalancing
import PolicyOptimization
import Requirements

/// The numbers that an update leaves behind, each under its name.
///
/// `progress.csv` and TensorBoard hold the same ones. The names are CleanRL's where it has one;
/// `eval/mean_return` is that of an evaluation on the way. Those of the balance end in the name of a
/// term:
///
/// - `charts/seconds`: training in all programs of the run; `charts/elapsed_seconds`: with their
///   start, evaluations and records,
/// - `balance/weight/NAME`, λ: a mean over the minibatches of the update, as all of them,
/// - `balance/value/NAME`, L, and `balance/magnitude/NAME`, the mean of its rows' absolute values,
/// - `balance/gradient_norm/NAME`, n: before weighting, at the features or over all parameters,
///   depending on the balancer; where it asks for no gradients, at the minibatches of the probe,
/// - `balance/share/NAME`, `|λ| n / Σ |λ| n`, and `balance/projection_share/NAME`, what the term
///   contributes to the gradient's direction, which can be negative,
/// - `balance/clamps/NAME`: at how many minibatches a limit held the weight back,
/// - `balance/cosine/NAME:OTHER`: of the angle between two terms' gradients.
public struct ProgressScalars: Sendable {
  /// The names, in the order of the numbers.
  public let names: [String]

  private let termCount: Int

  /// The name of the number of steps of all environments, by which rows are ordered.
  public static let stepName = "global_step"
  /// The name of the seconds of training.
  public static let secondsName = "charts/seconds"
  /// The name of the mean return of an evaluation during training.
  static let evaluationName = "eval/mean_return"
  /// The name of the seconds that the programs of the run have taken.
  static let elapsedName = "charts/elapsed_seconds"

  /// The names for a run with some loss terms.
  public init(termNames: [String]) {
    let terms = termNames.map(Self.cell)
    termCount = terms.count
    names =
      [
        Self.stepName, "charts/episodic_return", "charts/episodic_length", "charts/episodes",
        "charts/learning_rate", "charts/SPS", Self.secondsName, "losses/policy_loss",
        "losses/value_loss", "losses/entropy", "losses/approx_kl", "losses/clipfrac",
        "losses/explained_variance", "losses/gradient_norm", Self.evaluationName,
        Self.elapsedName,
      ]
      + [
        "weight", "gradient_norm", "share", "projection_share", "value", "magnitude", "clamps",
      ].flatMap { quantity in terms.map { "balance/\(quantity)/\($0)" } }
      + Self.pairs(terms.count).map { "balance/cosine/\(terms[$0.0]):\(terms[$0.1])" }
  }

  /// The numbers of an update.
  ///
  /// - Parameters:
  ///   - report: What the update has shown.
  ///   - evaluation: What an evaluation after it has shown, if there was one.
  ///   - stepsPerSecond: How fast the run has been so far.
  ///   - seconds: How long training has taken so far.
  ///   - elapsed: How long the programs of the run have taken so far, `nil` for as long.
  /// - Returns: A number for each name, `nan` where there is nothing to tell: no episode has
  ///   finished, or gradients were not measured.
  /// - Precondition: The report is about as many terms as there are names for.
  public func values(
    of report: UpdateReport, evaluation: Evaluation? = nil, stepsPerSecond: Double,
    seconds: Double, elapsed: Double? = nil
  ) -> [Double] {
    let balance = report.balance
    require(
      balance.names.count == termCount,
      "Records of \(termCount) loss terms were given a report about \(balance.names.count).")
    var values = [
      Double(report.timestep), report.meanReturn ?? .nan, report.meanLength ?? .nan,
      Double(report.episodeCount), report.learningRate, stepsPerSecond.rounded(), seconds,
      report.policyLoss, report.valueLoss, report.entropy, report.approximateDivergence,
      report.clipFraction, report.explainedVariance ?? .nan, report.gradientNorm,
      evaluation?.meanReturn ?? .nan, elapsed ?? seconds,
    ]
    values += report.weights
    values += balance.gradientNorms
    values += balance.shares
    values += balance.projectionShares
    values += balance.values
    values += balance.magnitudes
    values += balance.clampCounts.map(Double.init)
    let cosines = balance.cosines
    values += Self.pairs(termCount).map { cosines[$0.0 * termCount + $0.1] }
    return values
  }

  private static func pairs(_ count: Int) -> [(Int, Int)] {
    (0..<count).flatMap { first in (first + 1..<max(count, first + 1)).map { (first, $0) } }
  }

  /// A name as it can stand in a table: what separates cells would take it apart.
  private static func cell(_ name: String) -> String {
    String(name.map { $0 == "," || $0 == "\"" || $0.isNewline ? "_" : $0 })
  }
}
