import Foundation

/// Writes a file so that a crash at any moment leaves the old content or the new, never a part.
///
/// The content goes to a temporary name in the same folder, is forced to the disk and takes the
/// file's place in one step. A link is followed; a device or a pipe is written to as it is.
///
/// - Throws: ``WritingError``.
public func writeDurably(_ data: Data, to url: URL) throws {
  let url = url.resolvingSymlinksInPath()
  var status = stat()
  if stat(url.path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
    return try write(data, toDevice: url)
  }
  let temporary = url.deletingLastPathComponent()
    .appendingPathComponent(".\(url.lastPathComponent).partial")
  do {
    try data.write(to: temporary)
    let handle = try FileHandle(forWritingTo: temporary)
    try handle.synchronize()
    try handle.close()
    guard rename(temporary.path, url.path) == 0 else {
      throw WritingError(description: String(cString: strerror(errno)))
    }
    synchronizeFolder(of: url)
  } catch {
    try? FileManager.default.removeItem(at: temporary)
    let reason = (error as? WritingError)?.description ?? error.localizedDescription
    throw WritingError(
      description: "\(url.path) cannot be written (\(reason)); what was there is unchanged.")
  }
}

/// Forces the new name to the disk; where a system cannot do that, it is its affair.
private func synchronizeFolder(of url: URL) {
  let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
  if folder >= 0 {
    fsync(folder)
    close(folder)
  }
}

private func write(_ data: Data, toDevice url: URL) throws(WritingError) {
  do {
    let handle = try FileHandle(forWritingTo: url)
    try handle.write(contentsOf: data)
    try handle.close()
  } catch {
    throw WritingError(
      description: "\(url.path) cannot be written (\(error.localizedDescription)).")
  }
}

/// Why a file could not be written, in a sentence.
public struct WritingError: Error, CustomStringConvertible {
  /// What was found and what that means.
  public let description: String

  /// A reason in a sentence.
  public init(description: String) { self.description = description }
}
