import ArgumentParser
import Foundation

/// How fast it is, as medians of several runs, beside what the processor can do in the same minute.
@main
struct Speed: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed",
    abstract: "Measures speed and memory.",
    discussion: """
      Suites: \(Suite.allCases.map(\.rawValue).joined(separator: ", ")); without one, all but \
      scaling, which takes some minutes. Each measurement is a line on standard output and a line of \
      JSON in the file; a repeated command adds lines.

        swift run -c release speed training balancers --runs 5
      """)

  @Argument(help: "What to measure.") var suites: [Suite] = Suite.allCases.filter { $0 != .scaling }
  @Option(help: "Runs of each measurement that count; one more comes first, to warm up.")
  var runs = 5
  @Option(help: "Numbers of threads, with commas.") var threads = "1,2"
  @Option(help: "The file of JSON lines to add to; its folder is made.")
  var output = "results/speed.jsonl"
  @Option(help: "The program to measure; it is built first: swift build -c release --product ppo.")
  var program = Program.standardPath

  func run() throws {
    let threads = threads.split(separator: ",").compactMap { Int($0) }
    guard runs > 0, !threads.isEmpty, threads.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("There must be at least one run, and at least one thread.")
    }
    let journal = try Journal(file: output, runs: runs)
    for suite in suites {
      print("\n\(suite.rawValue)")
      switch suite {
      case .kernels: try KernelSpeed(journal: journal).measure()
      case .images: try ImageSpeed(journal: journal, threads: threads).measure()
      case .environments: try EnvironmentSpeed(journal: journal).measure()
      case .training: try TrainingSpeed(journal: journal, threads: threads).measure()
      case .widths: try TrainingSpeed(journal: journal, threads: threads).measureWidths()
      case .balancers: try BalancerSpeed(journal: journal).measure()
      case .program:
        try ProgramSpeed(journal: journal, program: Program(path: program), threads: threads)
          .measure()
      case .scaling: try ScalingSpeed(journal: journal, threads: threads).measure()
      }
    }
    print("\nwritten to \(output)")
  }
}

/// What belongs together.
enum Suite: String, CaseIterable, ExpressibleByArgument {
  case kernels
  case images
  case environments
  case training
  case widths
  case balancers
  case program
  case scaling
}
