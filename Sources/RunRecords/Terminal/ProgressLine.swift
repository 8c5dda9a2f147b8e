import Foundation
import PolicyOptimization

/// Tells on standard error how far a run has come: one living line on a terminal, now and then a
/// plain line elsewhere.
public final class ProgressLine {
  private let isTerminal: Bool
  private let clock = ContinuousClock()
  private var lastShown: ContinuousClock.Instant?
  private var lastTenth = 0
  private var isLiving = false

  /// A line on standard error.
  public init() {
    isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
  }

  /// Shows an update, if it is time to.
  public func show(_ report: UpdateReport, stepsPerSecond: Double) {
    let done = Double(report.timestep) / Double(report.totalTimesteps)
    if isTerminal {
      let now = clock.now
      let isLast = report.timestep >= report.totalTimesteps
      if let lastShown, now - lastShown < .milliseconds(100), !isLast { return }
      lastShown = now
      write("\r\u{1B}[K" + text(report, done, stepsPerSecond))
      isLiving = true
    } else if Int(done * 10) > lastTenth {
      lastTenth = Int(done * 10)
      write(text(report, done, stepsPerSecond) + "\n")
    }
  }

  /// Says something in a line of its own.
  public func interrupt(with sentence: String) {
    write((isLiving ? "\r\u{1B}[K" : "") + sentence + "\n")
    isLiving = false
  }

  /// Leaves the living line, so that what is printed next has one of its own.
  public func finish() {
    if isTerminal && isLiving { write("\n") }
    isLiving = false
  }

  private func text(_ report: UpdateReport, _ done: Double, _ stepsPerSecond: Double) -> String {
    let percent = String(format: "%3.0f%%", done * 100)
    let mean = report.meanReturn.map { String(format: "%.1f", $0) } ?? "none yet"
    let speed = String(format: "%.0f", stepsPerSecond)
    return "\(percent)  \(report.timestep) steps  \(speed) steps/s  mean return \(mean)"
  }

  private func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
