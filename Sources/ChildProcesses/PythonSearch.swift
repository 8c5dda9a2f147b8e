import Foundation

/// The path of the Python that is meant: the one that is named, else that of the active virtual
/// environment, else conda's, else `python3` in the search path.
///
/// - Parameters:
///   - name: A path, or the name of a program in the search path, or `nil`.
///   - variables: The variables of the process.
/// - Returns: The path; `nil` if there is no such program.
package func pythonPath(
  named name: String? = nil,
  variables: [String: String] = ProcessInfo.processInfo.environment
) -> String? {
  func searched(for name: String) -> [String] {
    (variables["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
  }
  let candidates =
    if let name {
      name.contains("/") ? [name] : searched(for: name)
    } else {
      ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { variables[$0] }.filter { !$0.isEmpty }
        .map { "\($0)/bin/python" } + searched(for: "python3")
    }
  return candidates.first { path in
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue && FileManager.default.isExecutableFile(atPath: path)
  }
}
