import Foundation

/// Keeps a picture of a test in the folder that the environment variable `PPO_PICTURES` names, if it
/// names one, for programs that check it and people who look at it.
///
/// - Parameters:
///   - svg: The picture.
///   - file: The file of the test.
///   - line: The line of the test.
/// - Returns: The picture.
/// - Throws: If it cannot be written.
@discardableResult
public func keptPicture(
  _ svg: String, file: String = #fileID, line: Int = #line
) throws -> String {
  guard let folder = ProcessInfo.processInfo.environment["PPO_PICTURES"] else { return svg }
  let test = file.replacing("/", with: "-").replacing(".swift", with: "")
  let name = "\(test)-\(line)-\(UUID().uuidString.prefix(8)).svg"
  try Data(svg.utf8).write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
  return svg
}

/// Keeps all pictures below a folder, as ``keptPicture(_:file:line:)`` does with one.
///
/// - Parameters:
///   - folder: The folder.
///   - file: The file of the test.
///   - line: The line of the test.
/// - Throws: If one cannot be read or written.
public func keepPictures(in folder: URL, file: String = #fileID, line: Int = #line) throws {
  guard ProcessInfo.processInfo.environment["PPO_PICTURES"] != nil else { return }
  let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
  for case let url as URL in files ?? .init() where url.pathExtension == "svg" {
    // Tests leave links, pipes and unfinished files under such names, too.
    guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true,
      let svg = try? String(contentsOf: url, encoding: .utf8), svg.hasSuffix("</svg>\n")
    else { continue }
    try keptPicture(svg, file: file, line: line)
  }
}
