import Foundation
import PolicyOptimization

/// The folder that a run leaves behind, and the names of the files in it.
public struct RunFolder: Sendable {
  /// Where the folder is.
  public let url: URL

  /// Everything that is needed to repeat the run.
  public var configuration: URL { url.appendingPathComponent("config.json") }
  /// One row for each update.
  public var progress: URL { url.appendingPathComponent("progress.csv") }
  /// The latest state of the run.
  public var checkpoint: URL { url.appendingPathComponent("checkpoint.safetensors") }
  /// How the run ended.
  public var summary: URL { url.appendingPathComponent("summary.json") }

  /// A folder that exists.
  public init(existing url: URL) { self.url = url }

  /// Makes a new folder.
  ///
  /// - Throws: ``RunFolderError`` if something of that name exists, or the folder cannot be made.
  public init(creating url: URL) throws {
    self.url = url
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      // Fails if the folder exists, also if another process has made it just now.
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    } catch {
      if FileManager.default.fileExists(atPath: url.path) {
        throw RunFolderError(
          description: """
            \(url.relativePath) exists already; nothing was changed. Give another name with \
            --output.
            """,
          isTaken: true)
      }
      throw RunFolderError(
        description: """
          The folder \(url.relativePath) cannot be made (\(error.localizedDescription)); give one \
          that can be written with --output.
          """)
    }
  }

  /// Makes a new folder in `parent` under a name that is not taken: `name`, or `name-2` and so on.
  ///
  /// - Throws: ``RunFolderError`` if the folder cannot be made.
  public init(creatingUnused name: String, in parent: URL) throws {
    var number = 1
    while true {
      let candidate = number == 1 ? name : "\(name)-\(number)"
      do {
        try self.init(creating: parent.appendingPathComponent(candidate))
        return
      } catch let error as RunFolderError where error.isTaken {
        number += 1
      }
    }
  }
}

/// Why a run's folder cannot be used, in a sentence.
public struct RunFolderError: Error, CustomStringConvertible {
  /// What was found, what was expected and what to do.
  public let description: String
  /// Whether something of that name exists.
  public var isTaken = false
}
