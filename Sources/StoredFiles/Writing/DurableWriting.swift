import Foundation

extension OpenedFolder {
  /// Writes a file so that a crash at any moment leaves the old content or the new, never a part.
  ///
  /// The content goes to a new file that cannot be foreseen, is forced to the disk and takes the
  /// name in one step; whatever file, link or pipe has the name is replaced and not written to.
  ///
  /// - Parameters:
  ///   - data: The content.
  ///   - name: The name in this folder.
  /// - Throws: ``WritingError``.
  package func write(_ data: Data, as name: String) throws(WritingError) {
    do {
      let draft = try DraftFile(in: self)
      try draft.write(data)
      try draft.replace(name)
    } catch {
      let reason = status(of: name)?.isFolder == true ? "it is a folder" : "\(error)"
      throw WritingError(
        description: "\(path(of: name)) cannot be written (\(reason)); what was there is unchanged."
      )
    }
  }

  /// Writes a file whole or not at all, under a name that nothing has.
  ///
  /// - Parameters:
  ///   - data: The content.
  ///   - name: The name in this folder.
  /// - Throws: ``WritingError``, also if something has the name.
  package func writeNew(_ data: Data, as name: String) throws(WritingError) {
    do {
      let draft = try DraftFile(in: self)
      try draft.write(data)
      try draft.take(name)
    } catch {
      if error.code == EEXIST {
        throw WritingError(
          description: "\(path(of: name)) exists already; nothing was changed.", isTaken: true)
      }
      throw WritingError(
        description: "\(path(of: name)) cannot be written (\(error)); nothing was changed.")
    }
  }

  /// Moves a finished file from another folder here, under a name that nothing has.
  ///
  /// - Parameters:
  ///   - name: The name in the other folder.
  ///   - source: The other folder, on the same disk.
  ///   - other: The name in this folder.
  /// - Throws: ``WritingError``, also if something has the name.
  package func take(
    _ name: String, from source: OpenedFolder, as other: String
  ) throws(WritingError) {
    do {
      let descriptor = try source.open(name, O_RDONLY | O_NONBLOCK)
      defer { close(descriptor) }
      try SystemError.check { fsync(descriptor) }
      let take: (OpenedFolder?) throws(SystemError) -> Void = { (folder) throws(SystemError) in
        try self.take(name, from: folder, as: other)
      }
      try take(source)
      synchronize()
    } catch {
      throw WritingError(
        description: error.code == EEXIST
          ? "\(path(of: other)) exists already; it was not changed."
          : "\(path(of: other)) cannot be written (\(error)).",
        isTaken: error.code == EEXIST)
    }
  }
}

/// Writes a file so that a crash at any moment leaves the old content or the new, never a part.
///
/// The content goes to a new file in the same folder, is forced to the disk and takes the file's
/// place in one step. A link is followed; a device, or a pipe that is read from, is written to as it is.
///
/// - Throws: ``WritingError``.
package func writeDurably(_ data: Data, to url: URL) throws(WritingError) {
  let url = url.resolvingSymlinksInPath()
  if let status = StoredFiles.status(at: url), !status.isRegularFile, !status.isFolder {
    return try write(data, toDevice: url)
  }
  let folder = try OpenedFolder(containing: url)
  folder.removeLeftovers()
  try folder.write(data, as: url.lastPathComponent)
}

/// Writes a file in place of what has its name: a link or a pipe itself, and not what it leads to.
///
/// - Throws: ``WritingError``, also if a folder has the name.
package func replaceFile(at url: URL, with data: Data) throws(WritingError) {
  let folder = try OpenedFolder(containing: url)
  folder.removeLeftovers()
  try folder.write(data, as: url.lastPathComponent)
}

/// Writes a file whole or not at all, under a name that nothing has.
///
/// - Throws: ``WritingError``, also if something has the name, be it a link that leads nowhere.
package func writeNew(_ data: Data, to url: URL) throws(WritingError) {
  let folder = try OpenedFolder(containing: url)
  folder.removeLeftovers()
  try folder.writeNew(data, as: url.lastPathComponent)
}

extension OpenedFolder {
  /// Opens the folder that a file is or will be in.
  ///
  /// - Throws: ``WritingError`` that names the file.
  package convenience init(containing url: URL) throws(WritingError) {
    do {
      try self.init(url.deletingLastPathComponent())
    } catch {
      throw WritingError(description: "\(url.path) cannot be written. \(error)")
    }
  }
}

private func write(_ data: Data, toDevice url: URL) throws(WritingError) {
  do {
    // Without waiting, since opening a pipe lasts until another program reads from it.
    let descriptor = try SystemError.check { open(url.path, O_WRONLY | O_NONBLOCK | O_CLOEXEC) }
    defer { close(descriptor) }
    _ = fcntl(descriptor, F_SETFL, O_WRONLY)
    try writeAll(data, to: descriptor)
  } catch {
    throw WritingError(description: "\(url.path) cannot be written (\(error)).")
  }
}

/// Makes a folder and those that it lies in, where they do not exist.
///
/// - Throws: ``WritingError`` if one cannot be made.
package func makeFolders(to url: URL) throws(WritingError) {
  if StoredFiles.status(at: url)?.isFolder == true { return }
  let parent = url.deletingLastPathComponent()
  if parent.path != url.path { try makeFolders(to: parent) }
  guard mkdir(url.path, 0o777) != 0,
    errno != EEXIST || StoredFiles.status(at: url)?.isFolder != true
  else {
    return
  }
  throw WritingError(description: "The folder \(url.path) cannot be made (\(SystemError.last)).")
}
