import Foundation

/// A file that grows, in memory first and on the disk about once a second.
///
/// What the disk did not take is kept and tried again later, from where the last good part ends: a
/// full disk that gets room again leaves no gap and nothing twice.
package final class AppendingFile {
  private let file: FileHandle
  private let name: String
  private var end: UInt64
  private var pending: [UInt8] = []
  /// What stands behind all that was added, until it is set to something else: a last row that the
  /// next one replaces.
  package var ending: [UInt8] = []
  private var failure: (any Error)?
  private let clock = ContinuousClock()
  private var lastFlush = ContinuousClock.now

  /// Opens a file to write behind what is in it.
  package init(continuing url: URL) throws {
    name = url.lastPathComponent
    file = try FileHandle(forWritingTo: url)
    end = try file.seekToEnd()
  }

  /// Makes a file; one of that name is overwritten.
  package convenience init(creating url: URL) throws {
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw WritingError(
        description: "\(url.relativePath) cannot be made; is the folder writable?")
    }
    try self.init(continuing: url)
  }

  /// Adds bytes, and hands all to the system if that was not done for a second.
  package func append(_ bytes: some Sequence<UInt8>) {
    pending.append(contentsOf: bytes)
    flushIfDue()
  }

  /// Hands everything to the system if that was not done for a second.
  package func flushIfDue() {
    if clock.now - lastFlush > .seconds(1) { flush() }
  }

  /// Hands what was added to the system.
  package func flush() {
    lastFlush = clock.now
    do {
      try file.truncate(atOffset: end)
      try file.write(contentsOf: pending + ending)
      end += UInt64(pending.count)
      pending.removeAll(keepingCapacity: true)
      failure = nil
    } catch {
      failure = error
    }
  }

  /// Ends the file.
  ///
  /// - Throws: `WritingError` if not all of it could be written.
  package func close() throws {
    flush()
    if failure != nil { try? file.truncate(atOffset: end) }
    try? file.close()
    if let failure {
      throw WritingError(
        description: """
          \(name) is not complete (\(failure.localizedDescription)); it ends \(pending.count) bytes \
          early. Make room on the disk and resume the run.
          """)
    }
  }
}
