import Foundation
import StoredFiles

/// A file that a command is asked to write, by `--output`.
struct OutputFile {
  /// As it was typed.
  let name: String
  /// Whether a file of that name is replaced.
  let force: Bool

  private var url: URL { URL(fileURLWithPath: name) }

  /// Checks before any work is done that the file can take its name.
  ///
  /// - Throws: A failure in a sentence if something has the name.
  func checkIsFree() throws {
    if !force && exists(url) { throw taken }
  }

  /// Writes the file. Links and pipes of that name are replaced, and not written to.
  ///
  /// - Throws: A failure in a sentence if something has the name by now, and `WritingError`.
  func write(_ data: Data) throws {
    do {
      if force { try replaceFile(at: url, with: data) } else { try writeNew(data, to: url) }
    } catch  where error.isTaken {
      throw taken
    }
  }

  private var taken: any Error {
    failure(
      "\(name) exists already; nothing was changed. Give another name with --output, or --force.")
  }
}
