import Foundation

/// Writes a file so that a crash at any moment leaves the old content or the new, never a part.
///
/// The content goes to a temporary name in the same folder, is forced to the disk and takes the
/// file's place in one step.
public func writeDurably(_ data: Data, to url: URL) throws {
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
  } catch {
    try? FileManager.default.removeItem(at: temporary)
    let reason = (error as? WritingError)?.description ?? error.localizedDescription
    throw WritingError(
      description: "\(url.path) cannot be written (\(reason)); what was there is unchanged.")
  }
}

/// Why a file could not be written, in a sentence.
public struct WritingError: Error, CustomStringConvertible {
  /// What was found and what that means.
  public let description: String

  /// A reason in a sentence.
  public init(description: String) { self.description = description }
}
