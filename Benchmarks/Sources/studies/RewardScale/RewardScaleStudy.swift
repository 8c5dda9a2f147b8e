import ArgumentParser
import Charts
import Foundation
import PolicyOptimization
import TensorCore

/// Trains PPO with rewards of nine orders of magnitude, and says which of the claims hold.
struct RewardScaleStudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reward-scale",
    abstract: "PPO with rewards from 1e-4 to 1e4: which balancers and targets do not notice?",
    discussion: """
      Takes about an hour on one core; runs are written to OUTPUT/reward-scale.csv as they end, and \
      the same command goes on where it was interrupted. The main balancers are tried at nine \
      scales, the others at five and, but for the literal formulas, on half of the seeds.

        swift run -c release studies reward-scale --threads 2
        swift run -c release studies reward-scale --quick
        swift run -c release studies reward-scale --environments Pendulum-v1 --seeds 5
      """)

  @Option(help: "The folder that tables and pictures are written to; it is made.")
  var output = "results"

  @Option(help: "How many runs are made at once. The numbers do not depend on it.")
  var threads = 1

  @Option(help: "How many seeds, beginning with 1, the main and the literal balancers get.")
  var seeds = 10

  @Option(help: "The environments, separated by commas; all if not given.")
  var environments: String?

  @Flag(help: "Two minutes: CartPole, three scales, two seeds, four balancers.")
  var quick = false

  @Flag(help: "Make no runs; report those that there are.")
  var reportOnly = false

  func validate() throws {
    if threads < 1 || seeds < 1 {
      throw ValidationError(
        "There must be at least one thread and one seed; got \(threads) and \(seeds).")
    }
    _ = try tasks()
  }

  func run() throws {
    let tasks = try tasks()
    let plan = RewardScalePlan(environments: tasks.map(\.name), seeds: seeds, isQuick: quick)
    let runs = plan.runs
    let hyperparameters = Dictionary(
      uniqueKeysWithValues: runs.map { ($0, $0.hyperparameters(of: self.task(of: $0, in: tasks))) })
    let record = try RewardScaleRecord(
      URL(fileURLWithPath: output, isDirectory: true).appendingPathComponent("reward-scale.csv"),
      of: hyperparameters)
    if !reportOnly { try make(runs, of: tasks, into: record) }
    try report(plan, tasks, record)
  }

  /// The environments that were asked for.
  private func tasks() throws -> [RewardScaleTask] {
    guard let environments else { return quick ? [RewardScaleTask.all[0]] : RewardScaleTask.all }
    return try environments.split(separator: ",").map { name in
      guard let task = RewardScaleTask.all.first(where: { $0.name == name }) else {
        throw ValidationError(
          "There is no '\(name)' in this study; there are "
            + "\(RewardScaleTask.all.map(\.name).joined(separator: ", ")).")
      }
      return task
    }
  }

  private func task(of run: RewardScaleRun, in tasks: [RewardScaleTask]) -> RewardScaleTask {
    tasks.first { $0.name == run.setting.environment } ?? tasks[0]
  }

  /// Makes the runs that are not in the record.
  private func make(
    _ runs: [RewardScaleRun], of tasks: [RewardScaleTask], into record: RewardScaleRecord
  ) throws {
    let open = runs.filter { record[$0] == nil }
    print("\(runs.count) runs, of which \(open.count) are to be made.")
    // In pieces, so that the order of the plan is kept about.
    let piece = 64
    for start in stride(from: 0, to: open.count, by: piece) {
      let part = Array(open[start..<min(start + piece, open.count)])
      let errors = results(of: part.count, threads: threads) { index -> (any Error)? in
        let task = self.task(of: part[index], in: tasks)
        do {
          try record.add(
            part[index](task), of: part[index], part[index].hyperparameters(of: task))
          return nil
        } catch {
          return error
        }
      }
      if let error = errors.compactMap(\.self).first { throw error }
      note("\(record.count) of \(runs.count) runs")
    }
  }

  private func note(_ words: String) {
    FileHandle.standardError.write(Data((words + "\n").utf8))
  }

  private func report(
    _ plan: RewardScalePlan, _ tasks: [RewardScaleTask], _ record: RewardScaleRecord
  ) throws {
    let summaries = tasks.flatMap { task in
      let randomReturn = task.randomReturn
      return plan.settings.filter { $0.environment == task.name }.flatMap { setting in
        plan.balancers(in: setting).compactMap {
          RewardScaleSummary(
            setting, $0, scales: plan.scales(of: $0, in: setting), seeds: plan.seeds,
            randomReturn: randomReturn, from: record)
        }
      }
    }
    for task in tasks {
      for clips in [true, false] {
        let table = RewardScaleTable(
          summaries.filter { $0.setting.environment == task.name && $0.setting.clips == clips },
          scales: plan.coarseScales)
        if let text = table.text { print(text) }
      }
    }
    Claim.report(
      RewardScaleClaims(summaries: summaries, environments: tasks.map(\.name)).claims)
    for clips in [true, false] where summaries.contains(where: { $0.setting.clips == clips }) {
      try writeResult(
        RewardScaleChart.sheet(summaries, clips: clips).svg,
        as: "reward-scale\(clips ? "" : "-unclipped").svg", to: output)
    }
  }
}
