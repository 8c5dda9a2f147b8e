import Foundation

/// A new file under a temporary name, which gets its own name when it is complete.
///
/// It is opened exclusively and locked as long as it is a draft: what a killed program has left is
/// not locked, and is removed by ``OpenedFolder/removeLeftovers()``.
final class DraftFile {
  private let folder: OpenedFolder
  private let name: String
  private(set) var descriptor: Int32
  private var isDraft = true

  init(in folder: OpenedFolder) throws(SystemError) {
    self.folder = folder
    (name, descriptor) = try Self.create(in: folder)
  }

  /// Another program that removes leftovers may come between opening and locking; then the next
  /// name is tried.
  private static func create(in folder: OpenedFolder) throws(SystemError) -> (String, Int32) {
    for _ in 0..<100 {
      let name = TemporaryName.new()
      let descriptor = try folder.open(name, O_RDWR | O_CREAT | O_EXCL)
      let isFree = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
      let identity = StoredFiles.status(ofOpen: descriptor)?.identity
      if isFree, identity == folder.status(of: name)?.identity { return (name, descriptor) }
      close(descriptor)
    }
    throw SystemError(code: EAGAIN)
  }

  /// Adds bytes at the end.
  func write(_ bytes: some ContiguousBytes) throws(SystemError) {
    try writeAll(bytes, to: descriptor)
  }

  /// Forces the content to the disk and gives the file its name; what has it is replaced, a link
  /// itself and not what it leads to.
  func replace(_ other: String) throws(SystemError) {
    try SystemError.check { fsync(descriptor) }
    try folder.rename(name, to: other)
    isDraft = false
    folder.synchronize()
  }

  /// Forces the content to the disk and gives the file a name that nothing has.
  ///
  /// - Throws: `EEXIST` if something has the name.
  func take(_ other: String) throws(SystemError) {
    try SystemError.check { fsync(descriptor) }
    try folder.take(name, as: other)
    isDraft = false
    folder.synchronize()
  }

  /// Hands over the descriptor, without the lock of a draft.
  func descriptorOfFinished() -> Int32 {
    flock(descriptor, LOCK_UN)
    defer { descriptor = -1 }
    return descriptor
  }

  deinit {
    if isDraft { unlinkat(folder.descriptor, name, 0) }
    if descriptor >= 0 { close(descriptor) }
  }
}

extension OpenedFolder {
  /// Gives a file a second name, which nothing has, and takes the first away.
  ///
  /// - Parameters:
  ///   - name: The first name.
  ///   - source: The folder that the file is in, or `nil` for this one.
  ///   - other: The second name, in this folder.
  /// - Throws: `EEXIST` if something has the name.
  func take(
    _ name: String, from source: OpenedFolder? = nil, as other: String
  ) throws(SystemError) {
    let source = source ?? self
    do {
      try SystemError.check {
        linkat(source.descriptor, name, descriptor, other, 0)
      }
      unlinkat(source.descriptor, name, 0)
    } catch  where error.code != EEXIST {
      // File systems without links: an empty file keeps the name until the draft replaces it.
      close(try open(other, O_WRONLY | O_CREAT | O_EXCL))
      do {
        try SystemError.check { renameat(source.descriptor, name, descriptor, other) }
      } catch {
        unlinkat(descriptor, other, 0)
        throw error
      }
    }
  }
}

/// Writes bytes, in as many parts as the system takes.
func writeAll(_ bytes: some ContiguousBytes, to descriptor: Int32) throws(SystemError) {
  let result: Result<Void, SystemError> = bytes.withUnsafeBytes { bytes in
    Result { () throws(SystemError) in
      var count = 0
      while count < bytes.count {
        let start = bytes.baseAddress.map { $0 + count }
        count += try SystemError.check { write(descriptor, start, bytes.count - count) }
      }
    }
  }
  try result.get()
}
