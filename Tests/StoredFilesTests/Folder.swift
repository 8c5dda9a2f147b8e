import Foundation

@testable import StoredFiles

/// A folder that is removed when the closure returns.
func inFolder<Result>(_ body: (OpenedFolder) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("stored-\(UUID())")
  try makeFolders(to: url)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(OpenedFolder(url))
}

extension OpenedFolder {
  /// The text of a file, `nil` if there is none.
  func text(_ name: String) -> String? {
    (try? fileContents(of: url.appendingPathComponent(name))).map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}
