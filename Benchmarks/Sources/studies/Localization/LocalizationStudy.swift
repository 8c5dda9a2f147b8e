import ArgumentParser
import Charts
import LossBalancing
import TensorCore

/// Trains two heads with each method, optimiser and learning rate, and says which of the claims hold.
struct LocalizationStudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "localization",
    abstract: "Classes and boxes on one trunk: which sums of losses learn both?",
    discussion: """
      Takes about a minute on one core. Learning rates are chosen on rows that are neither trained \
      on nor tested: the best for the classes, and the best for the classes among those at which \
      the boxes are learned, to half a deviation.

        swift run -c release studies localization --threads 2
      """)

  @OptionGroup var options: StudyOptions

  @Option(help: "The width of the trunk. The reference's pilot has 48.")
  var width = 128

  @Option(help: "How many minibatches of 64 rows. The reference's pilot has 600.")
  var steps = 1000

  func run() throws {
    let rows = steps * LocalizationRun.minibatch
    let problems = results(of: options.seeds, threads: options.threads) {
      LocalizationProblem(seed: $0 + 1, trainingRows: rows)
    }
    var table = Table(["optimizer", "method", "learning rate", "seed", "accuracy", "box error"])
    var (claims, charts): ([Claim], [LineChart]) = ([], [])
    for optimizer in LocalizationOptimizer.all {
      let summaries = try summaries(of: optimizer, problems, &table)
      report(optimizer, summaries)
      charts += LocalizationChart.pair(of: summaries, under: optimizer.name)
      claims += LocalizationClaims(summaries).claims(under: optimizer.name)
    }
    Claim.report(claims)
    try table.write("localization", to: options.output)
    let sheet = ChartSheet(
      charts, title: "Classes and boxes on one trunk", columns: 2,
      caption: "On rows of test, \(options.meanOfSeeds()). Runs that diverged are left out.")
    try writeResult(sheet.svg, as: "localization.svg", to: options.output)
  }

  /// Makes all runs of an optimiser.
  private func summaries(
    of optimizer: LocalizationOptimizer, _ problems: [LocalizationProblem], _ table: inout Table
  ) throws -> [LocalizationSummary] {
    let runs = LocalizationMethod.all.flatMap { method in
      optimizer.rates.flatMap { rate in
        (1...problems.count).map {
          LocalizationRun(method: method, optimizer: optimizer, rate: rate, seed: $0)
        }
      }
    }
    let (width, steps) = (width, steps)
    let outcomes = results(of: runs.count, threads: options.threads) { index in
      Swift.Result { () throws(BalancerError) in
        try runs[index](on: problems[runs[index].seed - 1], width: width, steps: steps)
      }
    }
    let found = try outcomes.map { try $0.get() }
    for (run, result) in zip(runs, found) {
      table.add([
        optimizer.name, run.method.name, "\(run.rate.short)", "\(run.seed)",
        result.test.accuracy.digits(4), result.test.boxError.digits(4),
      ])
    }
    return LocalizationMethod.all.indices.map { method in
      let count = optimizer.rates.count * problems.count
      let own = Array(found[method * count..<(method + 1) * count])
      return LocalizationSummary(
        method: LocalizationMethod.all[method], rates: optimizer.rates, results: own)
    }
  }

  private func report(_ optimizer: LocalizationOptimizer, _ summaries: [LocalizationSummary]) {
    var table = Table([
      optimizer.name, "pilot", "best for classes", "at rate",
      "boxes below \(LocalizationSummary.learned)",
      "at rate", "weights",
    ])
    for summary in summaries {
      let (best, both) = (summary.bestForClasses, summary.bestForBoth)
      table.add([
        summary.method.name,
        optimizer.name == "Adam" ? summary.method.adam : summary.method.descent,
        best.text, best.rate.short, both?.text ?? "never", both?.rate.short ?? "",
        (both ?? best).weights.map(\.short).joined(separator: ", "),
      ])
    }
    let first = summaries[0].firstLosses.map(\.short).joined(separator: " and ")
    print("\nLosses at first: \(first). Means of \(options.seeds) seeds.\n\n" + table.text)
  }
}
