import Foundation
import PolicyOptimization

/// Shows on standard error how far a run has come: a few lines that are redrawn in place on a
/// terminal, now and then a plain line elsewhere.
///
/// Nothing of the terminal is changed but the lines themselves, so there is nothing to restore
/// where a program is killed.
package final class ProgressDisplay {
  private let terminal: Terminal
  private let showsProgress: Bool
  private let clock = ContinuousClock()
  private var state = ProgressState()
  /// How many lines stand there to be redrawn; the cursor is at the end of the last.
  private var shownLines = 0
  private var lastShown: ContinuousClock.Instant?
  private var lastDone = 0.0

  /// A display on standard error.
  ///
  /// - Parameters:
  ///   - terminal: What standard error is connected to.
  ///   - showsProgress: Whether progress is shown; what is said in between is said in any case.
  package init(_ terminal: Terminal = .standardError, showsProgress: Bool = true) {
    self.terminal = terminal
    self.showsProgress = showsProgress
  }

  /// Shows an update, if it is time to.
  package func show(_ report: UpdateReport, stepsPerSecond: Double) {
    guard showsProgress else { return }
    state.add(report, stepsPerSecond: stepsPerSecond)
    let waited = lastShown.map { clock.now - $0 }
    guard isDue(after: waited) else { return }
    lastShown = clock.now
    lastDone = state.done
    if terminal.isLiving { draw() } else { write(ProgressText.plainLine(state) + "\n") }
  }

  /// A terminal is redrawn ten times a second. A file gets a line after a second and a twentieth of
  /// the run, or after half a minute.
  private func isDue(after waited: Duration?) -> Bool {
    if state.done >= 1 { return true }
    if terminal.isLiving { return waited.map { $0 >= .milliseconds(100) } ?? true }
    guard let waited else {
      lastShown = clock.now
      return false
    }
    return waited >= .seconds(1) && state.done - lastDone >= 0.05 || waited >= .seconds(30)
  }

  private func draw() {
    // A line that fills the last place would make some terminals go on to the next.
    let text = ProgressText(width: Terminal.width - 1, usesBlocks: terminal.usesBlocks)
    let lines = text.livingLines(state).map { terminal.usesColors ? $0.colored : $0.text }
    write(toFirstLine + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\n") + "\u{1B}[J")
    shownLines = lines.count
  }

  /// Moves the cursor back to where the first line begins.
  private var toFirstLine: String {
    shownLines > 1 ? "\r\u{1B}[\(shownLines - 1)A" : "\r"
  }

  /// Says something in a line of its own, above what is redrawn.
  package func interrupt(with sentence: String) {
    if shownLines > 0 { write(toFirstLine + "\u{1B}[J") }
    write(shown(sentence) + "\n")
    let wasShown = shownLines > 0
    shownLines = 0
    if wasShown { draw() }
  }

  /// Leaves the lines as they are, so that what is printed next comes below.
  package func finish() {
    if shownLines == 0 { return }
    draw()
    write("\n")
    shownLines = 0
  }

  private func write(_ text: String) {
    printRaw(text, toErrors: true)
  }
}
