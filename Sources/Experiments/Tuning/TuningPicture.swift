import Charts
import Foundation
import PolicyOptimization

/// A search as a picture: best over time, importance, parallel coordinates, each hyperparameter against the
/// score.
public struct TuningPicture: Sendable {
  private let result: TuningResult
  private var sign: Double { result.plan.objective.isCost ? -1 : 1 }

  /// Shows a result.
  public init(of result: TuningResult) { self.result = result }

  /// The content of the SVG file.
  public var svg: String {
    let plan = result.plan
    return SearchChart(
      title:
        "\(plan.environment): \(result.candidates.count) candidates, \(result.trialCount) trials",
      caption: caption, valueName: valueName, progress: progress,
      coordinates: plan.space.dimensions.map {
        SearchChart.Coordinate($0.name, ticks: Self.ticks(of: $0.range))
      }, samples: samples, bars: bars,
      importanceNote: """
        Fewer than \(HyperparameterImportance.fewestCandidates) candidates: the importance of \
        hyperparameters would be noise.
        """
    ).svg
  }

  private var valueName: String {
    switch result.plan.objective {
    case .meanReturn: "mean return"
    case .stepsToSolve: "steps to solve"
    case .secondsToSolve: "seconds to solve"
    }
  }

  private var caption: String {
    func text(_ value: Double) -> String { String(format: "%.1f", value) }
    let confirmed = result.confirmed
    let interval = confirmed.interval.map {
      " (95 % interval \(text($0.lowerBound)) to \(text($0.upperBound)))"
    }
    return """
      Each candidate on one seed, as in the first round. The chosen one on \(confirmed.values.count) seeds \
      that the search has not used: \(text(confirmed.interquartileMean))\(interval ?? ""); what the search \
      started from: \(text(result.preset.interquartileMean)). The worst twentieth of the values lies at the \
      end of the axes. Importance: bins of one hyperparameter, ranks of the scores, bootstrap intervals.
      """
  }

  /// The best value among the candidates so far.
  private var progress: LineChart {
    var best = -Double.infinity
    let points = result.candidates.compactMap { candidate -> Point? in
      guard let outcome = candidate.outcomes.first, outcome.status == .complete,
        let score = outcome.score
      else { return nil }
      best = max(best, score)
      return Point(x: Double(candidate.number + 1), y: sign * best)
    }
    let last = Point(x: Double(result.candidates.count), y: points.last?.y ?? 0)
    return LineChart(
      title: "Best so far, on one seed", x: Axis("candidates"), y: Axis(valueName),
      series: [Series("best", points: points + [last])],
      references: [
        Reference("start, new seeds", y: result.preset.interquartileMean),
        Reference("chosen, new seeds", y: result.confirmed.interquartileMean),
      ])
  }

  private var samples: [SearchChart.Sample] {
    let finished = result.candidates.filter { $0.isComplete }.sorted {
      ($0.outcomes[0].score ?? 0) < ($1.outcomes[0].score ?? 0)
    }
    let span = Double(max(finished.count - 1, 1))
    let places = Dictionary(
      uniqueKeysWithValues: finished.enumerated().map { ($1.number, Double($0) / span) })
    return result.candidates.compactMap { candidate in
      guard let score = candidate.outcomes.first?.score else { return nil }
      let isBest = candidate.number == result.best.number
      return SearchChart.Sample(
        parts: candidate.point, value: sign * score,
        rank: places[candidate.number].map { isBest ? 1.01 : $0 })
    }
  }

  private var bars: [SearchChart.Bar] {
    let first = result.candidates.filter { $0.outcomes.first?.score != nil }
    let importance = HyperparameterImportance.all(
      in: result.plan.space, points: first.map(\.point),
      scores: first.map { $0.outcomes[0].score ?? 0 })
    return (importance ?? []).map {
      SearchChart.Bar($0.name, value: $0.share, interval: $0.interval)
    }
  }

  /// A few marks of a range.
  static func ticks(of range: SearchRange) -> [(part: Double, label: String)] {
    switch range {
    case .choices(let values):
      return values.enumerated().map { index, value in
        ((Double(index) + 0.5) / Double(values.count), "\(value)")
      }
    case .linear(let low, let high):
      return [low, (low + high) / 2, high].map { mark($0, in: range) }
    case .logarithmic(let low, let high):
      let powers = (-12...12).map { pow(10, Double($0)) }.filter { low...high ~= $0 }
      return (powers.count > 1 ? powers : [low, high]).map { mark($0, in: range) }
    case .logarithmicFromOne(let low, let high):
      let powers = (0...8).map { 1 - pow(10, -Double($0)) }.filter {
        low - 1e-9...high + 1e-9 ~= $0
      }
      return (powers.count > 1 ? powers : [low, high]).map { mark($0, in: range) }
    }
  }

  private static func mark(_ value: Double, in range: SearchRange) -> (part: Double, label: String)
  {
    (range.part(of: .real(value)) ?? 0, String(format: "%.5g", value))
  }
}
