import ArgumentParser
import EnvironmentKit
import Experiments
import Foundation
import PolicyOptimization
import RolloutViewer
import StoredFiles

struct Record: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      abstract: "Record episodes of a trained policy as an animation.",
      discussion: """
        The ending of the file's name chooses the format: .svg plays in a browser and needs nothing \
        else; \(videoEndings) (png: a numbered sequence) are written by the program ffmpeg. No \
        display is needed. The first episode is that of '\(program) evaluate' with the same seed.

        Examples:
          \(program) record \(exampleRun) -o rollout.svg
          \(program) record \(exampleRun) -o rollout.mp4 --episodes 3 --size 1280x720
        """)
  }

  @Argument(help: ArgumentHelp("Folder of a run, or a checkpoint file.", valueName: "run"))
  var path: String
  @Option(name: .shortAndLong, help: "File to write: .svg, \(videoEndings).") var output: String
  @Flag(help: "Use the run's best checkpoint instead of its latest.") var best = false
  @Option(parsing: .unconditional, help: "Number of episodes.", transform: count) var episodes = 1
  @Option(parsing: .unconditional, help: "Seed of the episodes.", transform: PPOCommand.seed)
  var seed: UInt64 = 1
  @Flag(help: "Draw actions instead of taking the most probable.") var stochastic = false
  @OptionGroup(title: "Environments of Gymnasium") var choice: EnvironmentChoice
  @Option(help: "Width and height of the picture.") var size = PictureSize(width: 960, height: 540)

  func run() throws {
    try reportingFailure {
      guard 1...100 ~= episodes else {
        throw usage("--episodes is \(episodes); it must be from 1 to 100.")
      }
      let interruption = Interruption()
      do {
        try record { interruption.isRequested }
      } catch ViewerError.stopped {
        tell("Interrupted; nothing was written.")
        throw ExitCode(130)
      }
    }
  }

  private func record(until shouldStop: @escaping () -> Bool) throws {
    let write = try reportingTaken { try writing(to: URL(fileURLWithPath: output), shouldStop) }
    let checkpoint = try Checkpoint(contentsOf: checkpointFile(at: path, best: best))
    let recording = try recording(
      of: checkpoint,
      in: choice.environment(named: checkpoint.environment, stored: checkpoint.environmentOptions),
      shouldStop)
    try reportingTaken { try write(recording) }
    let returns = recording.returns.map { fixed($0, 2) }.joined(separator: ", ")
    try printResult([
      "\(recording.title): return \(returns) in \(recording.stepCount) steps; written to \(output)"
    ])
  }

  private func recording(
    of checkpoint: Checkpoint, in environment: any BatchableEnvironment,
    _ shouldStop: () -> Bool
  ) throws -> Recording {
    try Recording(
      of: environment, by: PolicyPlayer(checkpoint.policy(for: environment), in: environment),
      episodes: episodes, seed: seed, isStochastic: stochastic, until: shouldStop)
  }

  /// What writes the file, found before any work is done.
  private func writing(
    to url: URL, _ shouldStop: @escaping () -> Bool
  ) throws -> (Recording) throws -> Void {
    if url.pathExtension.lowercased() == "svg" { return try writingSVG(to: url, shouldStop) }
    guard let format = VideoFormat.named(url.pathExtension) else {
      throw usage("--output is '\(output)'; it must end in .svg, \(videoEndings).")
    }
    let file = try VideoFile(url, format: format)
    return { recording in
      let pictures = recording.pictures(
        size: size.points, framesPerSecond: format.framesPerSecond)
      let isWritten = try file.write(
        pictures, perSecond: pictures.perSecond, width: size.width, height: size.height,
        until: shouldStop)
      if !isWritten { throw ViewerError.stopped }
    }
  }

  private func writingSVG(
    to url: URL, _ shouldStop: @escaping () -> Bool
  ) throws -> (Recording) throws -> Void {
    if exists(url) {
      throw WritingError(
        description: "\(url.path) exists already; nothing was changed.", isTaken: true)
    }
    return { recording in
      try writeNew(Data(recording.animatedSVG(size: size.points, until: shouldStop).utf8), to: url)
    }
  }

  /// Adds what can be done about a name that is taken.
  private func reportingTaken<Result>(_ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let error as WritingError where error.isTaken {
      throw failure("\(error) Give another name with --output.")
    }
  }
}

/// The endings that ffmpeg can write, as in `.gif, .mp4 or .png`.
private var videoEndings: String {
  let endings = VideoFormat.all.map { ".\($0)" }
  return endings.dropLast().joined(separator: ", ") + " or " + (endings.last ?? "")
}

/// Width and height as `960x540`.
struct PictureSize: ExpressibleByArgument, CustomStringConvertible {
  let width: Int
  let height: Int

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Videos need even numbers of pixels.
  init?(argument: String) {
    let numbers = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let width = numbers[0], let height = numbers[1],
      [width, height].allSatisfy({ 64...4096 ~= $0 && $0 % 2 == 0 })
    else { return nil }
    self.init(width: width, height: height)
  }

  var description: String { "\(width)x\(height)" }
  var points: PicturePoint { PicturePoint(Double(width), Double(height)) }
}
