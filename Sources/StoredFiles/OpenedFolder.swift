import Foundation

/// A folder that is held open.
///
/// Files are opened, renamed and removed relative to it, so that they stay in the same folder
/// whatever its path leads to in the meantime; no link at the name of a file is followed.
package final class OpenedFolder: Sendable {
  /// The path that it was opened by.
  package let url: URL
  let descriptor: Int32
  private let identity: FileIdentity

  /// Opens a folder.
  ///
  /// - Throws: ``WritingError`` if there is none.
  package convenience init(_ url: URL) throws(WritingError) {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    do {
      let descriptor = try SystemError.check { Foundation.open(url.path, flags) }
      try self.init(descriptor, at: url)
    } catch {
      throw WritingError(description: "The folder \(url.path) cannot be opened (\(error)).")
    }
  }

  /// Takes over a descriptor of a folder.
  init(_ descriptor: Int32, at url: URL) throws(SystemError) {
    guard let status = StoredFiles.status(ofOpen: descriptor) else {
      let reason = SystemError.last
      close(descriptor)
      throw reason
    }
    self.url = url
    self.descriptor = descriptor
    identity = status.identity
  }

  deinit { close(descriptor) }

  /// Whether the path still leads to this folder: it was neither moved, removed nor replaced.
  package var isAtItsPath: Bool { StoredFiles.status(at: url)?.identity == identity }

  /// Whether the folder was removed; else, if it is not at its path, it is somewhere else.
  package var isRemoved: Bool { StoredFiles.status(ofOpen: descriptor)?.st_nlink == 0 }

  /// Locks the folder against other programs, until it is closed.
  ///
  /// - Returns: Whether it was free.
  /// - Throws: ``WritingError`` if the file system has no locks.
  package func lock() throws(WritingError) -> Bool {
    do {
      try SystemError.check { flock(descriptor, LOCK_EX | LOCK_NB) }
      return true
    } catch {
      if error.code == EWOULDBLOCK { return false }
      throw WritingError(description: "The folder \(url.path) cannot be locked (\(error)).")
    }
  }

  /// Whether there is anything of a name, be it a link that leads nowhere.
  package func contains(_ name: String) -> Bool { status(of: name) != nil }

  /// Whether a folder has a name.
  package func containsFolder(_ name: String) -> Bool { status(of: name)?.isFolder == true }

  /// The names in the folder, without `.` and `..`.
  ///
  /// - Throws: ``WritingError`` if it cannot be read.
  package func names() throws(WritingError) -> [String] {
    do {
      let copy = try open(".", O_RDONLY | O_DIRECTORY)
      guard let entries = fdopendir(copy) else {
        let reason = SystemError.last
        close(copy)
        throw reason
      }
      defer { closedir(entries) }
      var names: [String] = []
      while let entry = readdir(entries) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != "." && name != ".." { names.append(name) }
      }
      return names
    } catch {
      throw WritingError(description: "The folder \(url.path) cannot be read (\(error)).")
    }
  }

  /// Removes a file or a link; where there is none, nothing happens.
  ///
  /// - Throws: ``WritingError`` if it cannot be removed.
  package func remove(_ name: String) throws(WritingError) {
    do {
      try SystemError.check { unlinkat(descriptor, name, 0) }
    } catch {
      if error.code == ENOENT { return }
      throw WritingError(description: "\(path(of: name)) cannot be removed (\(error)).")
    }
  }

  /// Gives a file the name of none.
  ///
  /// - Throws: ``WritingError`` if it cannot be renamed.
  package func move(_ name: String, to other: String) throws(WritingError) {
    do {
      try rename(name, to: other)
    } catch {
      throw WritingError(description: "\(path(of: name)) cannot be renamed (\(error)).")
    }
  }

  /// The path of a file in the folder, for messages.
  func path(of name: String) -> String { url.appendingPathComponent(name).path }

  // MARK: Calls of the system

  /// The status of a name, which is not followed where it is a link.
  func status(of name: String) -> stat? {
    var status = stat()
    return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
  }

  /// Opens a file; a link is refused, and so a program that is started later does not have it.
  func open(_ name: String, _ flags: Int32, mode: mode_t = 0o666) throws(SystemError) -> Int32 {
    try SystemError.check { openat(descriptor, name, flags | O_NOFOLLOW | O_CLOEXEC, mode) }
  }

  /// Renames; a file that has the new name is replaced.
  func rename(_ name: String, to other: String) throws(SystemError) {
    try SystemError.check { renameat(descriptor, name, descriptor, other) }
  }

  /// Forces names to the disk; a file system that cannot do that is left as it is.
  func synchronize() { fsync(descriptor) }
}
