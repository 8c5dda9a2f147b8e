import Foundation

/// Reads a file.
///
/// - Parameters:
///   - url: The file; a link is followed.
///   - limit: How many bytes it may have at most.
///   - isRegular: Whether devices and pipes are refused, which may never end.
/// - Returns: The content.
/// - Throws: ``ReadingError``, before anything is read if the file is too large.
package func fileContents(
  of url: URL, atMost limit: Int = 8 << 30, isRegular: Bool = true
) throws(ReadingError) -> Data {
  try contents(atMost: limit, isRegular: isRegular) { () throws(SystemError) in
    // Without waiting, since opening a pipe lasts until another program writes to it.
    try SystemError.check { open(url.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) }
  }
}

extension OpenedFolder {
  /// Reads a regular file of the folder; a link is refused.
  ///
  /// - Parameters:
  ///   - name: The name of the file.
  ///   - limit: How many bytes it may have at most.
  /// - Returns: The content.
  /// - Throws: ``ReadingError``.
  package func contents(
    of name: String, atMost limit: Int = 8 << 30
  ) throws(ReadingError) -> Data {
    try StoredFiles.contents(atMost: limit, isRegular: true) { () throws(SystemError) in
      try open(name, O_RDONLY | O_NONBLOCK)
    }
  }
}

private func contents(
  atMost limit: Int, isRegular: Bool, open: () throws(SystemError) -> Int32
) throws(ReadingError) -> Data {
  do {
    let descriptor = try open()
    defer { close(descriptor) }
    guard let status = StoredFiles.status(ofOpen: descriptor) else { throw SystemError.last }
    if status.isFolder { throw SystemError(code: EISDIR) }
    if isRegular && !status.isRegularFile { throw ReadingError("It is not a regular file") }
    let size = Int(status.st_size)
    if size > limit { throw tooLarge(limit) }
    _ = fcntl(descriptor, F_SETFL, O_RDONLY)
    return try bytes(of: descriptor, expecting: size, atMost: limit)
  } catch let error as ReadingError {
    throw error
  } catch {
    throw ReadingError("\(error)")
  }
}

private func tooLarge(_ limit: Int) -> ReadingError {
  ReadingError("It has more than the \(limit) bytes that such a file may have")
}

private func bytes(of descriptor: Int32, expecting size: Int, atMost limit: Int) throws -> Data {
  // What a file claims to hold is not allocated before it is read: it may be a hole.
  var data = Data(count: min(max(size, 1), 64 << 20))
  var count = 0
  while true {
    if count == data.count { data.count += max(data.count, 1 << 16) }
    let room = data.count - count
    let added = try data.withUnsafeMutableBytes { buffer in
      try SystemError.check { read(descriptor, buffer.baseAddress.map { $0 + count }, room) }
    }
    if added == 0 { return data.prefix(count) }
    count += added
    if count > limit { throw tooLarge(limit) }
  }
}
