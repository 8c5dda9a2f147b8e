import LossBalancing
import PolicyOptimization
import Requirements

/// The numbers that an update leaves behind, each under its name.
///
/// `progress.csv` and TensorBoard hold the same ones. The names are CleanRL's where it has one;
/// `eval/mean_return` is that of an evaluation during training. Those of the balance end in the name of a
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
package struct ProgressScalars: Sendable {
  /// The names, in the order of the numbers.
  package let names: [String]

  private let termCount: Int

  /// The name of the number of steps of all environments, by which rows are ordered.
  package static let stepName = "global_step"
  /// The name of the seconds of training.
  package static let secondsName = "charts/seconds"
  /// The name of the mean return of an evaluation during training.
  static let evaluationName = "eval/mean_return"
  /// The name of the seconds that the programs of the run have taken.
  static let elapsedName = "charts/elapsed_seconds"

  /// What a row is made of.
  private struct Source {
    let report: UpdateReport
    let evaluation: Evaluation?
    let stepsPerSecond: Double
    let seconds: Double
    let elapsed: Double
  }

  private struct Column<Content>: Sendable {
    let name: String
    let content: @Sendable (Source) -> Content

    init(_ name: String, _ content: @escaping @Sendable (Source) -> Content) {
      self.name = name
      self.content = content
    }
  }

  /// One number for each update; what there is none of is `nan`.
  private static let columns: [Column<Double>] = [
    Column(stepName) { Double($0.report.timestep) },
    Column("charts/episodic_return") { $0.report.meanReturn ?? .nan },
    Column("charts/episodic_length") { $0.report.meanLength ?? .nan },
    Column("charts/episodes") { Double($0.report.episodeCount) },
    Column("charts/learning_rate") { $0.report.learningRate },
    Column("charts/SPS") { $0.stepsPerSecond.rounded() },
    Column(secondsName) { $0.seconds },
    Column("losses/policy_loss") { $0.report.policyLoss },
    Column("losses/value_loss") { $0.report.valueLoss },
    Column("losses/entropy") { $0.report.entropy },
    Column("losses/approx_kl") { $0.report.approximateDivergence },
    Column("losses/clipfrac") { $0.report.clipFraction },
    Column("losses/explained_variance") { $0.report.explainedVariance ?? .nan },
    Column("losses/gradient_norm") { $0.report.gradientNorm },
    Column(evaluationName) { $0.evaluation?.meanReturn ?? .nan },
    Column(elapsedName) { $0.elapsed },
  ]

  /// One number for each loss term.
  private static let termColumns: [Column<[Double]>] = [
    Column("weight") { $0.report.weights },
    Column("gradient_norm") { $0.report.balance.gradientNorms },
    Column("share") { $0.report.balance.shares },
    Column("projection_share") { $0.report.balance.projectionShares },
    Column("value") { $0.report.balance.values },
    Column("magnitude") { $0.report.balance.magnitudes },
    Column("clamps") { $0.report.balance.clampCounts.map(Double.init) },
  ]

  /// The names for a run with some loss terms.
  package init(termNames: [String]) {
    let terms = termNames.map(Self.cell)
    termCount = terms.count
    names =
      Self.columns.map(\.name)
      + Self.termColumns.flatMap { column in terms.map { "balance/\(column.name)/\($0)" } }
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
  /// - Returns: A number for each name, `nan` where there is no value: no episode has
  ///   finished, or gradients were not measured.
  /// - Precondition: The report is about as many terms as there are names for.
  package func values(
    of report: UpdateReport, evaluation: Evaluation? = nil, stepsPerSecond: Double,
    seconds: Double, elapsed: Double? = nil
  ) -> [Double] {
    require(
      report.balance.names.count == termCount,
      "Records of \(termCount) loss terms were given a report about \(report.balance.names.count).")
    let source = Source(
      report: report, evaluation: evaluation, stepsPerSecond: stepsPerSecond, seconds: seconds,
      elapsed: elapsed ?? seconds)
    let cosines = report.balance.cosines
    return Self.columns.map { $0.content(source) }
      + Self.termColumns.flatMap { $0.content(source) }
      + Self.pairs(termCount).map { cosines[$0.0 * termCount + $0.1] }
  }

  private static func pairs(_ count: Int) -> [(Int, Int)] {
    (0..<count).flatMap { first in (first + 1..<max(count, first + 1)).map { (first, $0) } }
  }

  /// A name as it can stand in a table: what separates cells would take it apart.
  private static func cell(_ name: String) -> String {
    String(name.map { $0 == "," || $0 == "\"" || $0.isNewline ? "_" : $0 })
  }
}
