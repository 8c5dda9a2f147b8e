import ChildProcesses
import Foundation

/// The Python program that steps environments.
public struct PythonInterpreter: Sendable, Hashable {
  /// The path of the program's file.
  public let path: String

  /// Names a Python.
  public init(path: String) { self.path = path }

  /// Finds the Python that is meant: the one that is named, else that of the active virtual
  /// environment, else conda's, else `python3` in the search path.
  ///
  /// - Parameters:
  ///   - name: A path, or the name of a program in the search path, or `nil`.
  ///   - variables: The variables of the process.
  /// - Throws: ``GymnasiumError`` if there is none.
  public init(
    named name: String? = nil,
    variables: [String: String] = ProcessInfo.processInfo.environment
  ) throws(GymnasiumError) {
    guard let path = pythonPath(named: name, variables: variables) else {
      throw GymnasiumError(
        name.map { "There is no Python '\($0)'; give the path of the program itself." }
          ?? """
          No Python was found, neither an active virtual environment nor python3 in the search path; \
          install one, or give the path of its program.
          """)
    }
    self.init(path: path)
  }
}
