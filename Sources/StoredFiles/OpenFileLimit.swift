import Foundation

/// Checks that the program may open some more files at once, so that it fails before its work begins
/// and not in the middle of it.
///
/// - Parameter count: How many files.
/// - Throws: ``WritingError`` if the system allows fewer.
package func requireOpenFiles(_ count: Int) throws(WritingError) {
  var descriptors: [Int32] = []
  defer { for descriptor in descriptors { close(descriptor) } }
  while descriptors.count < count {
    let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw WritingError(
        description: """
          The program may open \(descriptors.count) more files at once and needs \(count) \
          (\(SystemError.last)); raise the limit with 'ulimit -n'.
          """)
    }
    descriptors.append(descriptor)
  }
}
