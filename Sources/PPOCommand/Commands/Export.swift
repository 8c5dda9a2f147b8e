import ArgumentParser
import EnvironmentKit
import Experiments
import Foundation
import PolicyExport
import PolicyOptimization

extension PolicyFormat: ExpressibleByArgument {}

struct Export: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: "Write a trained policy as an ONNX graph or as a C header.",
      discussion: """
        Both take a raw observation and give an action that the environment can take. What a C \
        header computes has the bits of '\(program) evaluate'.

        Examples:
          \(program) export \(exampleRun) --format onnx
          \(program) export \(exampleRun) --format c --name walker -o walker.h
        """)
  }

  @Argument(help: ArgumentHelp("Folder of a run, or a checkpoint file.", valueName: "run"))
  var path: String
  @Option(help: "File format.") var format: PolicyFormat
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("File to write: policy.onnx or policy.h without it.", valueName: "file"))
  var output: String?
  @Flag(help: "Use the run's best checkpoint instead of its latest.") var best = false
  @Flag(
    help: "Draw actions by random numbers that are an input, instead of taking the most probable.")
  var stochastic = false
  @Option(help: "Prefix of the names in a C header.") var name = ExportOptions().name
  @Flag(help: "Return the value in a C header, too, as ONNX does.") var withValue = false
  @Flag(help: "Write a main behind a C header that reads observations from standard input.")
  var withMain = false
  @Flag(help: "Overwrite the file if it exists.") var force = false
  @Flag(help: "Print one JSON object on standard output.") var json = false
  @OptionGroup(title: "Environments of Gymnasium") var choice: EnvironmentChoice

  func run() throws {
    try reportingFailure {
      try checkOptions()
      let output = OutputFile(name: file, force: force)
      try output.checkIsFree()
      let checkpoint = try Checkpoint(contentsOf: checkpointFile(at: path, best: best))
      let environment = try choice.environment(
        named: checkpoint.environment, stored: checkpoint.environmentOptions)
      let exported = try checkpoint.policy(for: environment)
        .exported(as: format, for: environment, options: options(checkpoint))
      try output.write(Data(exported.bytes))
      try report(exported)
    }
  }

  private func checkOptions() throws {
    if withMain && format != .c {
      throw usage("--with-main is for C; a graph of ONNX has no main. Leave it out, or --format c.")
    }
    do {
      try options(nil).checkName()
    } catch {
      throw usage(error.description)
    }
    let endings = format == .c ? ["h", "c"] : ["onnx"]
    guard endings.contains(URL(fileURLWithPath: file).pathExtension.lowercased()) else {
      throw usage(
        """
        --output is '\(file)'; the name of a file for --format \(format.rawValue) ends in \
        \(endings.map { "." + $0 }.joined(separator: " or ")).
        """)
    }
  }

  private var file: String { output ?? "policy.\(format.fileExtension)" }

  private func options(_ checkpoint: Checkpoint?) -> ExportOptions {
    var options = ExportOptions()
    options.name = name
    options.givesValue = withValue
    options.hasMain = withMain
    options.isStochastic = stochastic
    if let checkpoint {
      options.origin = [
        "seed": String(checkpoint.seed), "steps": String(checkpoint.timestep),
        "version": RootCommand.configuration.version,
      ]
    }
    return options
  }

  private func report(_ exported: ExportedPolicy) throws {
    let report = ExportReport(
      format: format, output: file, bytes: exported.bytes.count, inputs: exported.inputs,
      outputs: exported.outputs)
    if json { return try printJSON(report) }
    func list(_ ports: [ExportedPolicy.Port]) -> String {
      ports.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
    }
    try printResult([
      "written to \(file), \(exported.bytes.count) bytes: from \(list(exported.inputs)) to "
        + list(exported.outputs)
    ])
  }
}

/// What `ppo export --json` prints.
private struct ExportReport: Encodable {
  let format: PolicyFormat
  let output: String
  let bytes: Int
  let inputs: [ExportedPolicy.Port]
  let outputs: [ExportedPolicy.Port]
}
