import Charts
import Foundation

/// Throughput against the number of environments, the minibatch and the width of the networks, on
/// one thread and on several, as a table and a picture.
struct ScalingSpeed {
  let journal: Journal
  let threads: [Int]

  func measure() throws {
    let sweeps = [
      Sweep("environments", [1, 8, 64, 512, 4096, 65_536]) { count in
        let steps = max(8, 8192 / count)
        return Setting(
          environments: count, steps: steps, minibatch: max(2048, count * steps / 4))
      },
      Sweep("minibatch", [64, 256, 1024, 2048, 8192]) { Setting(minibatch: $0) },
      Sweep("width", [16, 32, 64, 128, 256, 512, 1024]) { Setting(widths: [$0, $0]) },
    ]
    let charts = try sweeps.map(chart)
    let picture = URL(fileURLWithPath: "results/scaling.svg")
    try FileManager.default.createDirectory(
      at: picture.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(ChartSheet(charts).svg.utf8).write(to: picture)
    print("written to \(picture.relativePath)")
  }

  private func chart(of sweep: Sweep) throws -> LineChart {
    let training = TrainingSpeed(journal: journal, threads: threads)
    let series = try threads.map { threads in
      Series(
        threads == 1 ? "1 thread" : "\(threads) threads",
        points: try sweep.values.map { value in
          let setting = sweep.setting(value)
          let rate = try training.throughput(
            setting, steps: steps(of: setting, threads: threads), threads: threads, runs: 3)
          return Point(
            x: Double(value), y: rate.value.median / 1000,
            band: rate.value.lowest / 1000...rate.value.highest / 1000)
        }, marksPoints: true)
    }
    return LineChart(
      x: Axis(sweep.name, scale: .logarithmic),
      y: Axis("thousand steps/s", scale: .logarithmic), series: series)
  }

  /// So many steps that a run takes about half a second at half of 100 GFLOP/s a core.
  private func steps(of setting: Setting, threads: Int) -> Int {
    let affordable = Int(25e9 * Double(threads) / setting.operationsOfStep)
    return max(min(affordable, 500_000), 2 * setting.environments * setting.steps)
  }
}

/// Settings that differ in one number.
private struct Sweep {
  let name: String
  let values: [Int]
  let setting: (Int) -> Setting

  init(_ name: String, _ values: [Int], setting: @escaping (Int) -> Setting) {
    (self.name, self.values, self.setting) = (name, values, setting)
  }
}
