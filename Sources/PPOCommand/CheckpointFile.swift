import Experiments
import Foundation

/// The checkpoint that a path refers to: the file itself, or that of a run's folder.
///
/// - Parameters:
///   - path: A file or a folder.
///   - best: Whether the folder's best checkpoint is meant, instead of the latest.
/// - Returns: The file, which may not exist.
func checkpointFile(at path: String, best: Bool) -> URL {
  let url = URL(fileURLWithPath: path)
  var isFolder: ObjCBool = false
  let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
  if exists && !isFolder.boolValue { return url }
  return best ? RunFolder(existing: url).best : RunFolder(existing: url).checkpoint
}
