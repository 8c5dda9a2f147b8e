import Drawing
import Foundation
import LossBalancing
import PolicyOptimization

/// What the balance of the losses was over a whole run, for the table at its end.
public struct BalanceHistory: Sendable {
  private var names: [String] = []
  private var weights: [Mean] = []
  private var gradientNorms: [Mean] = []
  private var shares: [Mean] = []
  private var projectionShares: [Mean] = []
  /// At how many updates gradients were measured, and at how many of them the weighted gradient of
  /// each term was the longest.
  private var measuredCount = 0
  private var victories: [Int] = []

  /// A mean over the updates at which a number was known.
  private struct Mean {
    var sum = 0.0
    var count = 0
    var value: Double { sum / Double(count) }
  }

  /// An empty history.
  public init() {}

  /// Takes an update into account.
  public mutating func add(_ report: UpdateReport) {
    let balance = report.balance
    if names.isEmpty { begin(balance.names) }
    add(report.weights, to: \.weights)
    add(balance.gradientNorms, to: \.gradientNorms)
    add(balance.shares, to: \.shares)
    add(balance.projectionShares, to: \.projectionShares)
    let shares = balance.shares
    guard shares.allSatisfy(\.isFinite),
      let longest = shares.indices.max(by: { shares[$0] < shares[$1] })
    else { return }
    measuredCount += 1
    victories[longest] += 1
  }

  private mutating func begin(_ names: [String]) {
    self.names = names
    weights = names.map { _ in Mean() }
    (gradientNorms, shares, projectionShares) = (weights, weights, weights)
    victories = names.map { _ in 0 }
  }

  private mutating func add(_ numbers: [Double], to means: WritableKeyPath<Self, [Mean]>) {
    for (index, number) in numbers.enumerated() where number.isFinite {
      self[keyPath: means][index].sum += number
      self[keyPath: means][index].count += 1
    }
  }

  /// The rows of the table, its heading first; `nil` if gradients were never measured.
  public var rows: [[String]]? {
    guard measuredCount > 0 else { return nil }
    let heading = ["loss", "weight", "gradient norm", "share", "of the direction", "longest in"]
    return [heading]
      + names.indices.map { index in
        [
          names[index], Self.short(weights[index].value), Self.short(gradientNorms[index].value),
          Self.percent(shares[index].value), Self.percent(projectionShares[index].value),
          Self.percent(Double(victories[index]) / Double(measuredCount)) + " of updates",
        ]
      }
  }

  /// A sentence about the term whose weighted gradient was the longest most often.
  public var verdict: String? {
    guard measuredCount > 0, let most = victories.max(),
      let index = victories.firstIndex(of: most)
    else { return nil }
    let share = Self.percent(shares[index].value)
    let isDominant = shares[index].value > 0.6
    return isDominant
      ? "The \(names[index]) loss dominated: its weighted gradient made up \(share) of the lengths."
      : "No loss dominated; the weighted gradient of \(names[index]) was the longest most often."
  }

  // A number that was never known is a dash.

  private static func short(_ number: Double) -> String {
    number.isFinite ? String(format: "%.3g", number) : "–"
  }

  private static func percent(_ part: Double) -> String {
    part.isFinite ? "\(Int(part * 100, within: -999_999...999_999)) %" : "–"
  }
}
