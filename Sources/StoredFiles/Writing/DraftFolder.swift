import Foundation

/// A new folder under a temporary name, for what takes several files or another program to make.
///
/// It disappears with what is in it unless it is given a name. It is locked as a `DraftFile` is.
package final class DraftFolder {
  /// The folder that it is made in.
  package let parent: OpenedFolder
  /// The draft itself.
  package let folder: OpenedFolder
  private let name: String
  private var isDraft = true

  /// Makes a folder.
  ///
  /// - Parameters:
  ///   - parent: The folder that it is made in.
  ///   - isPrivate: Whether other users are kept out of it.
  /// - Throws: ``WritingError`` if it cannot be made.
  package init(in parent: OpenedFolder, isPrivate: Bool) throws(WritingError) {
    self.parent = parent
    do {
      (name, folder) = try Self.create(in: parent, mode: isPrivate ? 0o700 : 0o777)
    } catch {
      throw WritingError(
        description: "Nothing can be written in the folder \(parent.url.path) (\(error)).")
    }
  }

  private static func create(
    in parent: OpenedFolder, mode: mode_t
  ) throws(SystemError) -> (String, OpenedFolder) {
    for _ in 0..<100 {
      let name = TemporaryName.new()
      try SystemError.check { mkdirat(parent.descriptor, name, mode) }
      // Another program that removes leftovers may be quicker; then the next name is tried.
      guard let descriptor = try? parent.open(name, O_RDONLY | O_DIRECTORY) else {
        let reason = SystemError.last
        if unlinkat(parent.descriptor, name, AT_REMOVEDIR) == 0 { throw reason }
        continue
      }
      let isFree = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
      let folder = try OpenedFolder(descriptor, at: parent.url.appendingPathComponent(name))
      // By the descriptor: the path may lead elsewhere by now.
      if isFree, status(ofOpen: descriptor)?.identity == parent.status(of: name)?.identity {
        return (name, folder)
      }
      unlinkat(parent.descriptor, name, AT_REMOVEDIR)
    }
    throw SystemError(code: EAGAIN)
  }

  /// Gives the folder a name that nothing has.
  ///
  /// - Throws: ``WritingError`` if something has it, even an empty folder, or it cannot be given.
  package func take(_ other: String) throws(WritingError) {
    // An empty folder would give way; any other makes renaming fail.
    if parent.contains(other) { throw taken(other) }
    folder.synchronize()
    do {
      try parent.rename(name, to: other)
    } catch {
      if [EEXIST, ENOTEMPTY, ENOTDIR].contains(error.code) { throw taken(other) }
      throw WritingError(description: "\(parent.path(of: other)) cannot be made (\(error)).")
    }
    isDraft = false
    parent.synchronize()
  }

  private func taken(_ other: String) -> WritingError {
    WritingError(description: "\(parent.path(of: other)) exists already.", isTaken: true)
  }

  /// Removes the draft, if it was given no name.
  package func discard() {
    guard isDraft else { return }
    isDraft = false
    parent.removeFolder(name, folder)
  }

  deinit { discard() }
}
