import ArgumentParser
import Foundation

/// The program `ppo`, run as a user runs it.
struct Program {
  /// Where `swift build -c release --product ppo` puts it.
  static let standardPath = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent(".build/release/ppo").path

  let path: String

  init(path: String) throws {
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw ValidationError(
        "There is no program \(path). Build it: swift build -c release --product ppo, or give --program."
      )
    }
    self.path = path
  }

  /// What a run has taken.
  struct Run {
    /// Seconds from before its start to after its end.
    let seconds: Double
    /// The most memory that it held at once, in MB.
    let peakMemory: Double
  }

  /// Runs it with arguments and a folder for the run, and waits for its end.
  func run(_ arguments: [String]) throws -> Run {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("speed-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let all = [path] + arguments + ["--quiet", "--output", folder.path]
    var words: [UnsafeMutablePointer<CChar>?] = all.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var (process, status, usage) = (pid_t(), Int32(), rusage())
    let seconds = try elapsed {
      guard posix_spawn(&process, path, &actions, nil, &words, environ) == 0 else {
        throw ValidationError("\(path) cannot be started.")
      }
      wait4(process, &status, 0, &usage)
    }
    guard status == 0 else {
      throw ValidationError("'\(all.joined(separator: " "))' ended with the status \(status >> 8).")
    }
    #if os(Linux)
      let kilobytes = Double(usage.ru_maxrss)
    #else
      let kilobytes = Double(usage.ru_maxrss) / 1024
    #endif
    return Run(seconds: seconds, peakMemory: kilobytes * 1024 / 1e6)
  }
}
