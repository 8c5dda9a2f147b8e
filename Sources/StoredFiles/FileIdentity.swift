import Foundation

/// What a name stands for on the disk: no two files or folders that exist have the same.
struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64

  init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
  }
}

extension stat {
  var identity: FileIdentity { FileIdentity(self) }
  var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
  var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
  var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
}

/// The status of what is open, or `nil`.
func status(ofOpen descriptor: Int32) -> stat? {
  var status = stat()
  return fstat(descriptor, &status) == 0 ? status : nil
}

/// The status of what a path leads to, links followed, or `nil`.
func status(at url: URL) -> stat? {
  var status = stat()
  return stat(url.path, &status) == 0 ? status : nil
}
