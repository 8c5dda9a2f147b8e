import EnvironmentKit
import Foundation
import GymnasiumEnvironments
import TestSupport

/// The stub of Gymnasium in the fixtures, which needs a Python and no package.
enum Stub {
  /// The Python of the tests, with the stub in front of what is installed.
  static let python: PythonInterpreter? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/GymnasiumStub").standardizedFileURL
    guard let python = try? PythonInterpreter(named: Python.program) else { return nil }
    // A program of its own, so that tests with the real packages are not disturbed.
    let script = FileManager.default.temporaryDirectory
      .appendingPathComponent("stub-python-\(ProcessInfo.processInfo.processIdentifier)")
    let lines = "#!/bin/sh\nPYTHONPATH='\(folder.path)' exec '\(python.path)' -B \"$@\"\n"
    try? lines.write(to: script, atomically: true, encoding: .utf8)
    chmod(script.path, 0o700)
    return PythonInterpreter(path: script.path)
  }()

  /// Whether there is a Python; a line says so if not.
  static let isAvailable: Bool = {
    if python != nil && Python.has("json") { return true }
    print("There is no Python: the tests of GymnasiumEnvironments are skipped.")
    return false
  }()

  /// An environment of the stub.
  static func environment(
    _ id: String, _ options: [String: OptionValue] = [:], workers: Int = 2,
    timeLimit: Int? = nil, _ change: (inout GymnasiumRecipe) -> Void = { _ in }
  ) throws -> GymnasiumEnvironment {
    guard let python else { throw GymnasiumStubError() }
    var recipe = GymnasiumRecipe(id: id, options: options, timeLimit: timeLimit, python: python)
    recipe.workerCount = workers
    change(&recipe)
    return try GymnasiumEnvironment(recipe)
  }
}

struct GymnasiumStubError: Error {}
