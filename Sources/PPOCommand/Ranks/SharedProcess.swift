import ArgumentParser
import Experiments
import Foundation
import MessagePassing
import PolicyOptimization
import Synchronization

/// This process as one of several that a launcher such as `mpirun` has started together.
///
/// Rank 0 prints and writes; the others are silent. Where all of them fail alike, as at a wrong option,
/// rank 0 alone says so. Where one fails alone, it ends the others.
enum SharedProcess {
  /// Whether another process prints.
  static let isSilent = (Launch.current?.rank ?? 0) > 0

  private static let ranks = Mutex<(any RankGroup)?>(nil)
  /// What a silent process would have said last.
  private static let unsaid = Mutex<[String]>([])

  /// The processes that share the work of a command; one where it was started alone.
  ///
  /// - Parameter secondsToWait: After how long a process that does not answer counts as lost.
  /// - Returns: Their group.
  /// - Throws: If this program was started with others, but built without MPI.
  static func join(secondsToWait: Double = defaultSecondsToWait) throws -> any RankGroup {
    guard let launch = Launch.current else { return SingleRank() }
    #if MPI
      let group = try MPIRanks.join(secondsToWait: secondsToWait)
      guard group.count == launch.count else {
        throw failure(
          "The launcher has started \(launch.count) processes, but MPI knows \(group.count): this program "
            + "was built with another MPI than that of the launcher. Rebuild it, or use its launcher."
        )
      }
      ranks.withLock { $0 = group }
      return group
    #else
      throw failure(
        "This program was started as \(launch.count) processes, each of which would train by itself: it was built "
          + "without MPI. Rebuild it with: swift build -c release --product \(program) --traits MPI"
      )
    #endif
  }

  /// Refuses to be one of several processes, which would all write the same files.
  ///
  /// - Parameters:
  ///   - command: The subcommand.
  ///   - remedy: What to do, a sentence.
  /// - Throws: If there are several.
  static func refuseOthers(_ command: String, instead remedy: String) throws {
    guard let launch = Launch.current else { return }
    throw usage(
      "\(launch.count) processes cannot share '\(program) \(command)': they would write the same files. "
        + remedy)
  }

  /// After how long a process that does not answer counts as lost.
  static var defaultSecondsToWait: Double { 600 }

  /// How many threads this process uses if nothing is said: its share of the machine, unless the
  /// launcher has given it processors of its own.
  static var threads: Int {
    let threads = WorkerPool.machineThreads
    let isBound = threads < sysconf(Int32(_SC_NPROCESSORS_ONLN))
    guard let launch = Launch.current, !isBound else { return threads }
    return max(1, threads / launch.localCount)
  }

  /// Keeps what a silent process has to say, in case that it is the only one that fails.
  static func keep(_ lines: [String]) { unsaid.withLock { $0 = lines } }

  /// Ends this process, in which all work is done that others need.
  static func leave(_ code: ExitCode) -> Never {
    fflush(nil)
    #if MPI
      if let ranks = ranks.withLock({ $0 }) as? MPIRanks { ranks.leave() }
    #endif
    RootCommand.exit(withError: code)
  }

  /// Ends this process after a failure, and with it the others.
  static func fail(_ code: ExitCode) -> Never {
    guard let launch = Launch.current else { RootCommand.exit(withError: code) }
    // Rank 0 has said why, if it has failed, too; then it ends this process while it waits.
    if launch.rank > 0 {
      Thread.sleep(forTimeInterval: 2)
      let said = unsaid.withLock { $0 }
      if !said.isEmpty {
        printLines(["Rank \(launch.rank): \(said.joined(separator: " "))"], toErrors: true)
      }
    }
    fflush(nil)
    #if MPI
      if let ranks = ranks.withLock({ $0 }) as? MPIRanks { ranks.end(code.rawValue) }
    #endif
    RootCommand.exit(withError: code)
  }
}

/// Thrown where all ranks have ended their work together, and only the exit status is to be told.
struct SharedEnd: Error {
  let code: ExitCode
}
