import ArgumentParser
import Charts
import EnvironmentKit
import Experiments
import Foundation
import PolicyOptimization

extension LearningCurves.Horizontal: ExpressibleByArgument {}

struct Plot: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: "Draw learning curves of runs as an SVG picture.",
      discussion: """
        Runs that differ only in the seed make one line, their mean, with a band from the lowest to \
        the highest. What else differs in their settings names the lines.

        Examples:
          \(program) plot \(exampleRun)
          \(program) plot runs/* --x seconds --output curves.svg
          \(program) plot \(exampleRun) --y balance
        """)
  }

  @Argument(help: ArgumentHelp("Folders of runs.", valueName: "run")) var runs: [String]
  @Option(help: "Quantity on the horizontal axis.") var x = LearningCurves.Horizontal.steps
  @Option(
    help: ArgumentHelp(
      "Curves to draw: return, losses, balance, or columns of progress.csv separated by commas."))
  var y = "return"
  @Option(name: .shortAndLong, help: "File for the picture.") var output = "learning-curve.svg"
  @Flag(help: "Overwrite the file if it exists.") var force = false

  func run() throws {
    try reportingFailure {
      guard URL(fileURLWithPath: output).pathExtension.lowercased() == "svg" else {
        throw usage(
          "--output is '\(output)'; the picture is an SVG, so its name must end in .svg. Convert it "
            + "to other formats with a browser, Inkscape or rsvg-convert.")
      }
      let file = OutputFile(name: output, force: force)
      try file.checkIsFree()
      let records = try folders.map { try RunRecord($0) }
      let curves = LearningCurves(records, along: x, thresholds: rewardThresholds)
      let picture = Data(try curves.sheet(y).svg.utf8)
      for name in curves.runsWithoutLine(y) {
        tell("\(name) has no line: nothing was recorded of '\(y)' in it.")
      }
      try file.write(picture)
      try printResult(["written to \(output)"])
    }
  }
}

extension Plot {
  /// The folders that hold a run, each once. Where several are named, as by `runs/*`, others are passed over.
  private var folders: [RunFolder] {
    var places: Set<String> = []
    let all = runs.map { URL(fileURLWithPath: $0) }.filter {
      places.insert($0.resolvingSymlinksInPath().standardizedFileURL.path).inserted
    }.map { RunFolder(existing: $0) }
    let found = all.filter { FileManager.default.fileExists(atPath: $0.configuration.path) }
    if found.isEmpty { return all }
    for folder in all where !found.contains(where: { $0.url == folder.url }) {
      tell("\(folder.url.relativePath) is passed over: it has no config.json.")
    }
    return found
  }
}

/// The mean returns that solve the built-in environments.
private var rewardThresholds: [String: Double] {
  var thresholds: [String: Double] = [:]
  for environment in Program.current.environments.environments {
    thresholds[environment.name] = environment.rewardThreshold
  }
  return thresholds
}
