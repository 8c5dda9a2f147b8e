import Foundation

/// Keeps other programs from training in the same folder, as long as it lives.
///
/// The system takes the lock away when the program ends, however it ends.
public final class RunLock {
  private let descriptor: Int32

  /// Locks a folder.
  ///
  /// - Throws: ``RunFolderError`` if it is locked by somebody else, or is not there.
  public init(_ folder: RunFolder) throws {
    descriptor = open(folder.url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw RunFolderError(
        description: """
          There is no folder of a run at \(folder.url.relativePath) \
          (\(String(cString: strerror(errno)))).
          """)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw RunFolderError(
        description: """
          Another program is training in \(folder.url.relativePath); wait until it ends, or stop it.
          """)
    }
  }

  deinit { close(descriptor) }
}
