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
    if FileManager.default.fileExists(atPath: url.path) {
      throw RunFolderError(
        description: """
          \(url.relativePath) exists already; nothing was changed. Give another name with --output.
          """)
    }
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw RunFolderError(
        description: """
          The folder \(url.relativePath) cannot be made (\(error.localizedDescription)); give one \
          that can be written with --output.
          """)
    }
  }

  /// A name in `parent` that is not taken: `name`, or `name-2` and so on.
  public static func unusedName(_ name: String, in parent: URL) -> URL {
    var candidate = parent.appendingPathComponent(name)
    var number = 2
    while FileManager.default.fileExists(atPath: candidate.path) {
      candidate = parent.appendingPathComponent("\(name)-\(number)")
      number += 1
    }
    return candidate
  }
}

/// Why a run's folder cannot be used, in a sentence.
public struct RunFolderError: Error, CustomStringConvertible {
  /// What was found, what was expected and what to do.
  public let description: String
}
