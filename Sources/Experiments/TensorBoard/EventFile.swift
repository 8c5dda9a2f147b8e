import Foundation
import StoredFiles

/// A file of events, as TensorBoard reads it: each event with its length and two checksums.
///
/// What is added is handed to the system about once a second, so that a running training can be
/// watched and writing costs next to nothing.
final class EventFile {
  private let file: AppendingFile
  private var frame: [UInt8] = []

  /// Makes a file.
  ///
  /// - Parameters:
  ///   - name: Its name, which must contain `tfevents`.
  ///   - folder: The folder that it is made in.
  /// - Throws: `WritingError` if it cannot be made.
  init(_ name: String, in folder: OpenedFolder) throws {
    file = try AppendingFile(name, in: folder)
  }

  /// Adds an event, an encoded message of the type `Event`.
  func add(_ event: [UInt8]) {
    frame.removeAll(keepingCapacity: true)
    Self.frame(event, into: &frame)
    file.append(frame)
  }

  /// Length, its checksum, content, its checksum.
  static func frame(_ event: [UInt8], into buffer: inout [UInt8]) {
    func append(_ number: some FixedWidthInteger) {
      withUnsafeBytes(of: number.littleEndian) { buffer.append(contentsOf: $0) }
    }
    let start = buffer.count
    append(UInt64(event.count))
    append(CyclicChecksum(of: buffer[start...]).masked)
    buffer += event
    append(CyclicChecksum(of: event).masked)
  }

  /// Hands what was added to the system.
  func flush() { file.flush() }

  /// Ends the file.
  func close() throws { try file.finish() }
}
