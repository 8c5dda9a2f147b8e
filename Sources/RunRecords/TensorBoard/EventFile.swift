import Foundation
import PolicyOptimization

/// A file of events, as TensorBoard reads it: each event with its length and two checksums.
///
/// What is added is handed to the system about once a second, so that a running training can be
/// watched and writing costs next to nothing.
final class EventFile {
  private let file: FileHandle
  private var buffer: [UInt8] = []
  private var failure: (any Error)?
  private let clock = ContinuousClock()
  private var lastFlush = ContinuousClock.now

  /// Makes a file; its name must contain `tfevents`.
  init(creating url: URL) throws {
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw RecordError("\(url.relativePath) cannot be made; is the folder writable?")
    }
    file = try FileHandle(forWritingTo: url)
  }

  /// Adds an event, an encoded message of the type `Event`.
  func add(_ event: [UInt8]) {
    Self.frame(event, into: &buffer)
    if clock.now - lastFlush > .seconds(1) { flush() }
  }

  /// Length, its checksum, content, its checksum.
  static func frame(_ event: [UInt8], into buffer: inout [UInt8]) {
    func append(_ number: some FixedWidthInteger) {
      withUnsafeBytes(of: number.littleEndian) { buffer.append(contentsOf: $0) }
    }
    let start = buffer.count
    append(UInt64(event.count))
    append(Checksum(of: buffer[start...]).masked)
    buffer += event
    append(Checksum(of: event).masked)
  }

  /// Hands what was added to the system; what cannot be written is kept, and ``close()`` tells.
  func flush() {
    lastFlush = clock.now
    do {
      try file.write(contentsOf: buffer)
      buffer.removeAll(keepingCapacity: true)
    } catch {
      failure = error
    }
  }

  /// Ends the file.
  func close() throws {
    flush()
    try? file.close()
    if let failure {
      throw WritingError(
        description:
          "The file for TensorBoard is not complete (\(failure.localizedDescription)).")
    }
  }
}
