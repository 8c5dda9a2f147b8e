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
    let candidates =
      if let name {
        name.contains("/") ? [name] : Self.searched(for: name, variables)
      } else {
        ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { variables[$0] }.filter { !$0.isEmpty }
          .map { "\($0)/bin/python" } + Self.searched(for: "python3", variables)
      }
    guard let path = candidates.first(where: Self.isProgram) else {
      throw GymnasiumError(
        name.map { "There is no Python '\($0)'; give the path of the program itself." }
          ?? """
          No Python was found, neither an active virtual environment nor python3 in the search path; \
          install one, or give the path of its program.
          """)
    }
    self.init(path: path)
  }

  private static func searched(for name: String, _ variables: [String: String]) -> [String] {
    (variables["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
  }

  private static func isProgram(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue && FileManager.default.isExecutableFile(atPath: path)
  }
}
