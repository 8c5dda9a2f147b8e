import Foundation
import PolicyOptimization
import StoredFiles

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
  /// The state of the run at its best evaluation during training.
  public var best: URL { url.appendingPathComponent("best.safetensors") }
  /// How the run ended; only there when it has come to its end.
  public var summary: URL { url.appendingPathComponent("summary.json") }

  /// What an environment reported of its failure, such as the traceback of another language.
  public var workerLog: URL { url.appendingPathComponent("worker.log") }

  /// All of these.
  var files: [URL] { [configuration, progress, checkpoint, best, summary] }

  /// The file to go on from: the latest checkpoint, or the best one if there is no other; `nil` if
  /// there is none.
  public var latestCheckpoint: URL? {
    [checkpoint, best].first { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// The checkpoint to go on from: see ``latestCheckpoint``.
  ///
  /// - Throws: ``RunFolderError`` if there is none, and `CheckpointError` if it is damaged.
  public func loadLatestCheckpoint() throws -> Checkpoint {
    guard let file = latestCheckpoint else {
      throw RunFolderError(
        description: """
          There is no checkpoint in \(url.relativePath); begin the run, or give the folder of one that \
          has come to its first checkpoint.
          """)
    }
    return try Checkpoint(contentsOf: file)
  }

  /// A folder that exists.
  public init(existing url: URL) { self.url = url }

  /// Makes the folder of a new run, with its configuration in it.
  ///
  /// The folder appears under its name with the file in it or not at all, so that whatever ends the
  /// program, what is there can be resumed.
  ///
  /// - Throws: ``RunFolderError`` if something of that name exists, even an empty folder, or the
  ///   folder cannot be made.
  public init(creating url: URL, for configuration: RunConfiguration) throws {
    self.url = url
    do {
      let content = try prettyJSON(configuration)
      try requireOpenFiles(RunLock.openFiles)
      try makeFolders(to: url.deletingLastPathComponent())
      let parent = try OpenedFolder(containing: url)
      parent.removeLeftovers()
      let draft = try DraftFolder(in: parent, isPrivate: false)
      try draft.folder.write(content, as: self.configuration.lastPathComponent)
      try draft.take(url.lastPathComponent)
    } catch let error as WritingError where error.isTaken {
      throw RunFolderError(
        description: """
          \(url.relativePath) exists already; nothing was changed. Choose another name.
          """,
        isTaken: true)
    } catch {
      throw RunFolderError(
        description: """
          The folder \(url.relativePath) cannot be made. \(error) Choose one that can be written.
          """)
    }
  }

  /// Makes a new folder in `parent` under a name that is not taken: `name`, or `name-2` and so on.
  ///
  /// - Throws: ``RunFolderError`` if the folder cannot be made.
  public init(
    creatingUnused name: String, in parent: URL, for configuration: RunConfiguration
  ) throws {
    var number = 1
    while true {
      let candidate = number == 1 ? name : "\(name)-\(number)"
      do {
        try self.init(creating: parent.appendingPathComponent(candidate), for: configuration)
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
