import Drawing
import Foundation

/// How progress is written: a function of the state and of the width alone.
struct ProgressText {
  /// How many places a line has.
  let width: Int
  /// Whether the terminal can show more than ASCII.
  let usesBlocks: Bool

  /// Three lines for a terminal: how far the run is, how the return has grown, and the losses.
  ///
  /// What does not fit is left out, the least important first; no line is wider than `width`.
  func livingLines(_ state: ProgressState) -> [StyledLine] {
    [runLine(state), returnLine(state), lossLine(state)].filter { $0.width > 0 }
  }

  /// One line for a file.
  static func plainLine(_ state: ProgressState) -> String {
    let mean = state.meanReturn.map { fixed($0, 1) } ?? "none yet"
    return """
      \(percent(state))  \(state.timestep) steps  \(fixed(state.stepsPerSecond, 0)) steps/s  \
      mean return \(mean)
      """
  }

  // MARK: Lines

  private func runLine(_ state: ProgressState) -> StyledLine {
    var facts = StyledLine()
    let room = width - 12
    facts.append([(Self.percent(state), .bold)], within: width)
    facts.append(
      [("\(grouped(state.timestep)) of \(grouped(state.totalTimesteps)) steps", .plain)],
      within: room)
    let speed = Int(state.stepsPerSecond, within: 0...Int.max, rounded: .down)
    facts.append([("\(grouped(speed)) steps/s", .plain)], within: room)
    if let left = state.secondsLeft, state.done < 1 {
      facts.append([(Self.duration(left) + " left", .plain)], within: room)
    }
    let length = min(40, width - facts.width - 2)
    guard length >= 10 else { return facts }
    var line = bar(state.done, length: length)
    line.append("  ")
    line.append(facts)
    return line
  }

  private func bar(_ part: Double, length: Int) -> StyledLine {
    var line = StyledLine()
    if usesBlocks {
      // Eighths of a place, so that the bar moves smoothly.
      let eighths = Int(part * Double(length * 8), within: 0...length * 8, rounded: .down)
      let rest = eighths % 8 == 0 ? "" : String(Self.eighths[eighths % 8 - 1])
      let full = String(repeating: "█", count: eighths / 8) + rest
      line.append(full, .green)
      line.append(String(repeating: "░", count: length - full.count), .faint)
    } else {
      let full = Int(part * Double(length - 2), within: 0...length - 2, rounded: .down)
      line.append(
        "[" + String(repeating: "#", count: full)
          + String(repeating: "-", count: length - 2 - full) + "]")
    }
    return line
  }

  private func returnLine(_ state: ProgressState) -> StyledLine {
    var line = StyledLine()
    guard let mean = state.meanReturn else {
      line.append([("no episode has finished yet", .faint)], within: width)
      return line
    }
    line.append([("mean return ", .faint), (Self.fixed(mean, 1), .bold)], within: width)
    if usesBlocks {
      let spark = Self.spark(state.history.means(min(40, width - line.width - 2)))
      if !spark.isEmpty { line.append([(spark, .cyan)], within: width) }
    }
    return line
  }

  private func lossLine(_ state: ProgressState) -> StyledLine {
    var line = StyledLine()
    for term in state.terms {
      line.append(
        [
          (term.name + " ", .faint), (Self.short(term.value), .plain),
          ((usesBlocks ? " × " : " x ") + Self.short(term.weight), .faint),
        ], within: width, after: 3)
    }
    return line
  }

  // MARK: Parts

  private static let eighths = Array("▏▎▍▌▋▊▉")
  private static let levels = Array("▁▂▃▄▅▆▇█")

  /// A line of blocks as high as the numbers, from the lowest to the highest.
  static func spark(_ values: [Double]) -> String {
    guard values.count > 1, let lowest = values.min(), let highest = values.max() else { return "" }
    // Of the largest numbers only the halves have a difference.
    let span = highest / 2 - lowest / 2
    return String(
      values.map { value in
        span == 0 ? levels[0] : levels[Int((value / 2 - lowest / 2) / span * 7, within: 0...7)]
      })
  }

  private static func percent(_ state: ProgressState) -> String {
    String(format: "%3.0f%%", (state.done * 100).rounded(.down))
  }

  private static func fixed(_ number: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", number)
  }

  private static func short(_ number: Double) -> String {
    number.isNaN ? "-" : String(format: "%.3g", number)
  }

  /// A whole number with its thousands apart.
  private func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return String(
      digits.enumerated().flatMap { index, digit in
        index > 0 && (digits.count - index) % 3 == 0 ? [",", digit] : [digit]
      })
  }

  /// A time as people say it: `0.4 s`, `12 s`, `3:20 min`, `2:05 h`.
  static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<9.95: return fixed(max(seconds, 0), 1) + " s"
    case ..<99.5: return fixed(seconds, 0) + " s"
    case ..<3570:
      let whole = Int(seconds, within: 0...3600)
      return "\(whole / 60):" + String(format: "%02d", whole % 60) + " min"
    case ..<1e9:
      let minutes = Int(seconds / 60, within: 0...Int(Int32.max))
      return "\(minutes / 60):" + String(format: "%02d", minutes % 60) + " h"
    default: return "years"
    }
  }
}
