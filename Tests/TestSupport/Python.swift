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
  public static func run(fixture: String, _ arguments: [String]) throws -> Data {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/\(fixture)").standardizedFileURL
    return try run([script.path] + arguments).output
  }

  private static func run(_ arguments: [String]) throws -> (status: Int32, output: Data) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }
}
