import Foundation
import GymnasiumEnvironments
import TestSupport

/// The folder of the tests' fixtures.
let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("../Fixtures").standardizedFileURL

/// The Python of the tests with a folder of the fixtures in front of what is installed; a program of its
/// own, so that tests with and without it may run at the same time.
func fixturePython(folder: String) -> PythonInterpreter? {
  guard let python = try? PythonInterpreter(named: Python.program) else { return nil }
  let path = fixtures.appendingPathComponent(folder).path
  let script = FileManager.default.temporaryDirectory
    .appendingPathComponent("python-\(folder)-\(ProcessInfo.processInfo.processIdentifier)")
  let lines = "#!/bin/sh\nPYTHONPATH='\(path)' exec '\(python.path)' -B \"$@\"\n"
  try? lines.write(to: script, atomically: true, encoding: .utf8)
  chmod(script.path, 0o700)
  return PythonInterpreter(path: script.path)
}
