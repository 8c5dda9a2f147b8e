import Foundation
import StoredFiles

/// Keeps other programs from training in the same folder, as long as it lives, and writes its files.
///
/// The folder is held open: files go there and nowhere else, even if the folder was moved and
/// another one has its name. The system takes the lock away when the program ends, however it ends.
public final class RunLock: Sendable {
  /// The folder.
  package let opened: OpenedFolder
  private let name: String

  /// How many files a run has open at once, at most, and what belongs to the lock among them.
  static var openFiles: Int { 12 }

  /// Locks a folder, and removes what killed programs have left unfinished in it.
  ///
  /// - Throws: ``RunFolderError`` if another program has locked it, it does not exist, or there is a
  ///   folder in the place of one of the run's files.
  public init(_ folder: RunFolder) throws {
    name = folder.url.relativePath
    try requireOpenFiles(Self.openFiles)
    let isFree: Bool
    do {
      opened = try OpenedFolder(folder.url)
      isFree = try opened.lock()
    } catch {
      throw RunFolderError(
        description: "There is no usable folder of a run at \(name). \(error)")
    }
    guard isFree, opened.isAtItsPath else {
      throw RunFolderError(
        description: """
          Another program is training in \(name); wait until it ends, or stop it.
          """)
    }
    opened.removeLeftovers()
    opened.removeOldLeftovers(of: folder.files.map(\.lastPathComponent))
    if let taken = folder.files.first(where: { opened.containsFolder($0.lastPathComponent) }) {
      throw RunFolderError(
        description: """
          \(taken.relativePath) is a folder, and the run has a file of that name; move the folder away.
          """)
    }
  }

  /// Checks that the path of the run still leads to its folder.
  ///
  /// - Throws: ``RunFolderError`` if the folder was moved or removed.
  public func checkPath() throws(RunFolderError) {
    if opened.isAtItsPath { return }
    throw RunFolderError(
      description: opened.isRemoved
        ? """
        The folder of the run is no longer at \(name): it was removed, with all that was in it. The \
        run has ended; there is nothing to go on from.
        """
        : """
        The folder of the run is no longer at \(name): it was moved or replaced. The run has ended, \
        and wrote nothing to what is there now. Its checkpoint is in its own folder; move that back \
        to go on.
        """)
  }

  /// Writes a file of the run, if the path of the run still leads to its folder.
  ///
  /// - Parameters:
  ///   - data: The content.
  ///   - url: One of the files that ``RunFolder`` names.
  /// - Throws: `WritingError`, or ``RunFolderError`` if the folder was moved or removed.
  public func write(_ data: Data, to url: URL) throws {
    try checkPath()
    try opened.write(data, as: url.lastPathComponent)
  }
}
