import Foundation

/// The Python whose packages tests read our files with: `python3`, or what `PPO_PYTHON` names.
public enum Python {
  /// Its name or path.
  public static let program = ProcessInfo.processInfo.environment["PPO_PYTHON"] ?? "python3"

  /// Whether a package can be imported.
  public static func has(_ package: String) -> Bool {
    (try? run(["-c", "import \(package)"]).status) == 0
  }

  /// Runs a script of the fixtures, `FOLDER/NAME.py`, and gives what it printed.
  ///
  /// - Throws: ``Failure`` with what it reported if it failed.
  public static func run(fixture: String, _ arguments: [String]) throws -> Data {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/\(fixture)").standardizedFileURL
    let (status, output, errors) = try run([script.path] + arguments)
    if status != 0 { throw Failure(description: "\(fixture) failed (\(status)): \(errors)") }
    return output
  }

  /// A script that failed.
  public struct Failure: Error, CustomStringConvertible {
    /// Its status and what it reported.
    public let description: String
  }

  private static func run(_ arguments: [String]) throws -> (
    status: Int32, output: Data, errors: String
  ) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    // A file, since a pipe that is read second could fill up.
    let errors = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    try Data().write(to: errors)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let said = try String(decoding: Data(contentsOf: errors), as: UTF8.self)
    return (process.terminationStatus, output, said)
  }
}
