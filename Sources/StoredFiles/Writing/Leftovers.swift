import Foundation

extension OpenedFolder {
  /// Removes what killed programs have left under temporary names.
  ///
  /// Only files and folders of the user that the program runs for, which no program has locked;
  /// what cannot be removed stays, since nothing depends on it.
  package func removeLeftovers() {
    for name in (try? names()) ?? [] where TemporaryName.isOne(name) { removeLeftover(name) }
  }

  /// Removes what killed programs of earlier versions have left beside some files: their temporary
  /// names were a dot, the name of the file, and `.partial`.
  ///
  /// - Parameter names: The names of the files.
  package func removeOldLeftovers(of names: [String]) {
    for name in names {
      let left = ".\(name).partial"
      if status(of: left)?.isRegularFile == true { removeLeftover(left) }
    }
  }

  private func removeLeftover(_ name: String) {
    guard let found = status(of: name), found.st_uid == geteuid(),
      found.isRegularFile || found.isFolder,
      let descriptor = try? open(name, O_RDONLY | O_NONBLOCK)
    else { return }
    guard let status = StoredFiles.status(ofOpen: descriptor), status.identity == found.identity,
      flock(descriptor, LOCK_EX | LOCK_NB) == 0,
      self.status(of: name)?.identity == found.identity
    else {
      close(descriptor)
      return
    }
    if status.isFolder {
      guard let folder = try? OpenedFolder(descriptor, at: url.appendingPathComponent(name))
      else { return }
      removeFolder(name, folder)
    } else {
      unlinkat(self.descriptor, name, 0)
      close(descriptor)
    }
  }

  /// Removes a folder of files; one that holds anything else, which no draft does, stays as it is.
  func removeFolder(_ name: String, _ folder: OpenedFolder) {
    guard let inner = try? folder.names(),
      inner.allSatisfy({ folder.status(of: $0)?.isRegularFile == true })
    else { return }
    for file in inner { unlinkat(folder.descriptor, file, 0) }
    unlinkat(descriptor, name, AT_REMOVEDIR)
  }
}
