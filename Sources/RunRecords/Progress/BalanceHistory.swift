import Foundation
import LossBalancing
import PolicyOptimization

/// What the balance of the losses was over a whole run, for the table at its end.
public struct BalanceHistory: Sendable {
  private var names: [String] = []
  private var weights: [Double] = []
  private var updateCount = 0
  /// Sums over the updates at which gradients were measured.
  private var gradientNorms: [Double] = []
  private var shares: [Double] = []
  private var projectionShares: [Double] = []
  /// At how many of them the weighted gradient of each term was the longest.
  private var victories: [Int] = []
  private var measuredCount = 0

  /// An empty history.
  public init() {}

  /// Takes an update into account.
  public mutating func add(_ report: UpdateReport) {
    if names.isEmpty { begin(report.balance.names) }
    updateCount += 1
    add(report.weights, to: \.weights)
    let shares = report.balance.shares
    guard shares.allSatisfy(\.isFinite),
      let longest = shares.indices.max(by: {
        shares[$0] < shares[$1]
      })
    else { return }
    measuredCount += 1
    victories[longest] += 1
    add(shares, to: \.shares)
    add(report.balance.gradientNorms, to: \.gradientNorms)
    add(report.balance.projectionShares, to: \.projectionShares)
  }

  private mutating func begin(_ names: [String]) {
    self.names = names
    weights = Array(repeating: 0, count: names.count)
    (gradientNorms, shares, projectionShares) = (weights, weights, weights)
    victories = Array(repeating: 0, count: names.count)
  }

  private mutating func add(_ numbers: [Double], to sums: WritableKeyPath<Self, [Double]>) {
    for (index, number) in numbers.enumerated() { self[keyPath: sums][index] += number }
  }

  /// The rows of the table, its heading first; `nil` if gradients were never measured.
  public var rows: [[String]]? {
    guard measuredCount > 0 else { return nil }
    let heading = ["loss", "weight", "gradient norm", "share", "of the direction", "longest in"]
    return [heading]
      + names.indices.map { index in
        let count = Double(measuredCount)
        return [
          names[index], Self.short(weights[index] / Double(updateCount)),
          Self.short(gradientNorms[index] / count), Self.percent(shares[index] / count),
          Self.percent(projectionShares[index] / count),
          Self.percent(Double(victories[index]) / count) + " of updates",
        ]
      }
  }

  /// A sentence about the term whose weighted gradient was the longest most often.
  public var verdict: String? {
    guard measuredCount > 0, let most = victories.max(),
      let index = victories.firstIndex(of: most)
    else { return nil }
    let share = Self.percent(shares[index] / Double(measuredCount))
    let isDominant = shares[index] / Double(measuredCount) > 0.6
    return isDominant
      ? "The \(names[index]) loss dominated: its weighted gradient made up \(share) of the lengths."
      : "No loss dominated; the weighted gradient of \(names[index]) was the longest most often."
  }

  private static func short(_ number: Double) -> String { String(format: "%.3g", number) }

  private static func percent(_ part: Double) -> String {
    // No "-0".
    "\(Int((part * 100).rounded())) %"
  }
}
