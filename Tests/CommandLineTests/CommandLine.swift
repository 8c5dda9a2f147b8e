import Foundation
import TestSupport

/// Runs the built program `ppo` as a user does.
struct CommandLineRun {
  let status: Int32
  let output: String
  let errors: String

  /// A folder that is removed when the closure returns.
  static func inFolder<Result>(
    file: String = #fileID, line: Int = #line, _ body: (URL) throws -> Result
  ) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ppo-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try body(folder)
    try keepPictures(in: folder, file: file, line: line)
    return result
  }

  /// Runs `ppo` to its end, or interrupts or kills it after a while.
  ///
  /// - Parameters:
  ///   - arguments: What follows `ppo`.
  ///   - folder: Where to run.
  ///   - environment: Variables beside those of the tests.
  ///   - interruption: After how many seconds it gets an interrupt, as by Ctrl-C.
  ///   - killing: After how many seconds it is killed.
  ///   - blocksPerFile: How large a file may grow, as if the disk were full.
  /// - Throws: If it cannot be started.
  init(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:],
    interruptedAfter interruption: Double? = nil, killedAfter killing: Double? = nil,
    blocksPerFile: Int? = nil
  ) throws {
    let process = Process()
    process.executableURL = Self.program
    process.arguments = arguments
    if let blocksPerFile {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments =
        ["-c", "ulimit -f \(blocksPerFile); exec \"$0\" \"$@\"", Self.program.path] + arguments
    }
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files rather than pipes: a pipe that nobody empties stops the program.
    let (output, errors) = (Self.file(), Self.file())
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    if let seconds = interruption ?? killing {
      Thread.sleep(forTimeInterval: seconds)
      if killing == nil { process.interrupt() } else { kill(process.processIdentifier, SIGKILL) }
    }
    // A program that hangs fails its test instead of stopping all of them.
    let guardian = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 900, execute: guardian)
    process.waitUntilExit()
    guardian.cancel()
    status = process.terminationStatus
    self.output = try String(contentsOf: output, encoding: .utf8)
    self.errors = try String(contentsOf: errors, encoding: .utf8)
    try FileManager.default.removeItem(at: output)
    try FileManager.default.removeItem(at: errors)
  }

  private static func file() -> URL {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("ppo-\(UUID()).txt")
    _ = FileManager.default.createFile(atPath: url.path, contents: nil)
    return url
  }

  /// The program lies beside the tests, in the folder that the package was built in.
  static var program: URL {
    #if os(macOS)
      let tests = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
      let products = tests?.bundleURL.deletingLastPathComponent()
    #else
      let products = Bundle.main.executableURL?.deletingLastPathComponent()
    #endif
    return (products ?? URL(fileURLWithPath: ".")).appendingPathComponent("ppo")
  }

  /// Standard output as one JSON object.
  var json: [String: Any]? {
    try? JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
  }
}
