import Foundation

/// A file that grows, in memory first and on the disk about once a second.
///
/// What the disk did not take is kept and tried again later, from where the last good part ends: a
/// full disk that gets room again leaves no gap and nothing twice.
package final class AppendingFile {
  /// What stands behind all that was added, until it is set to something else: a last row that the
  /// next one replaces.
  package var ending: [UInt8]

  private let descriptor: Int32
  private let name: String
  private var end: Int
  private var pending: [UInt8] = []
  private var failure: SystemError?
  private let clock = ContinuousClock()
  private var lastFlush = ContinuousClock.now

  /// Starts a file with some content, in place of what has the name: in one step on the disk, so
  /// that a crash leaves the old file or the new one.
  ///
  /// - Parameters:
  ///   - name: The name in the folder.
  ///   - folder: The folder.
  ///   - content: What the file begins with.
  ///   - ending: What stands behind that until something is added.
  /// - Throws: ``WritingError`` if the file cannot be made.
  package init(
    _ name: String, in folder: OpenedFolder, beginningWith content: Data = Data(),
    ending: [UInt8] = []
  ) throws(WritingError) {
    self.name = name
    self.ending = ending
    end = content.count
    do {
      let draft = try DraftFile(in: folder)
      try draft.write(content + ending)
      try draft.replace(name)
      descriptor = draft.descriptorOfFinished()
    } catch {
      throw WritingError(
        description: """
          \(folder.path(of: name)) cannot be written (\(error)); what was there is unchanged.
          """)
    }
  }

  deinit { close(descriptor) }

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
      try cut()
      try writeAll(pending + ending, to: descriptor)
      end += pending.count
      pending.removeAll(keepingCapacity: true)
      failure = nil
    } catch {
      failure = error
    }
  }

  /// Cuts off what a failed attempt has left behind the last good part.
  private func cut() throws(SystemError) {
    try SystemError.check { ftruncate(descriptor, off_t(end)) }
    try SystemError.check { lseek(descriptor, off_t(end), SEEK_SET) }
  }

  /// Ends the file.
  ///
  /// - Throws: ``WritingError`` if not all of it could be written.
  package func finish() throws(WritingError) {
    flush()
    guard let failure else { return }
    try? cut()
    throw WritingError(
      description: """
        \(name) is not complete (\(failure)); it ends \(pending.count) bytes early. Make room on \
        the disk and resume the run.
        """)
  }
}
