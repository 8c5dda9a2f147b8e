import Experiments
import Foundation
import Synchronization

/// Shows on standard error how far a search has come: a line that is redrawn on a terminal, now and then
/// a plain line elsewhere.
final class TuningDisplay: Sendable {
  private let terminal = Terminal.standardError
  private let showsProgress: Bool
  private let last = Mutex((shown: ContinuousClock.Instant?.none, width: 0))

  init(showsProgress: Bool) { self.showsProgress = showsProgress }

  /// Shows the progress, if it is time to.
  func show(_ progress: TuningProgress) {
    guard showsProgress, progress.isNew else { return }
    let now = ContinuousClock.now
    last.withLock { last in
      let wait: Duration = terminal.isLiving ? .milliseconds(100) : .seconds(5)
      if let shown = last.shown, now - shown < wait { return }
      last.shown = now
      let line = Self.line(progress)
      if terminal.isLiving {
        printRaw("\r" + line.padded(to: last.width), toErrors: true)
        last.width = line.count
      } else {
        printRaw(line + "\n", toErrors: true)
      }
    }
  }

  /// Leaves the line as it is.
  func finish() {
    last.withLock { last in
      if last.width > 0 { printRaw("\n", toErrors: true) }
      last.width = 0
    }
  }

  static func line(_ progress: TuningProgress) -> String {
    func number(_ value: Double?) -> String { value.map { fixed($0, 1) } ?? "none" }
    let isSearching = progress.stage != .confirmation
    let total = isSearching ? progress.totalTrials.map { " of \($0)" } ?? "" : ""
    var parts = ["\(progress.trials)\(total) trials"]
    if !isSearching { parts.append("confirming on new seeds") }
    parts.append(
      progress.best == 0
        ? "best \(number(progress.bestValue)) (the preset)"
        : "best \(number(progress.bestValue)), preset \(number(progress.presetValue))")
    if progress.stopped > 0 { parts.append("\(progress.stopped) stopped early") }
    if progress.failed > 0 { parts.append("\(progress.failed) failed") }
    parts.append(
      "\(fixed(progress.seconds, 0))\(progress.budgetSeconds.map { " of \(fixed($0, 0))" } ?? "") s"
    )
    if let left = remaining(progress) { parts.append("about \(fixed(left, 0)) s left") }
    return parts.joined(separator: "; ")
  }

  /// The seconds that are left of the search, as far as that is known.
  private static func remaining(_ progress: TuningProgress) -> Double? {
    let byTime = progress.budgetSeconds.map { max(0, $0 - progress.seconds) }
    let byTrials = progress.totalTrials.flatMap { total in
      progress.trials >= 4 && total > progress.trials
        ? progress.seconds / Double(progress.trials) * Double(total - progress.trials) : nil
    }
    return [byTime, byTrials].compactMap(\.self).min()
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    padding(toLength: max(width, count), withPad: " ", startingAt: 0)
  }
}
