import Foundation
import Requirements

/// A file without a name that two processes map into their memory.
final class SharedMemory: @unchecked Sendable {
  // Mapped while no batch uses it; afterwards only its content changes, under the turn of a slice.

  /// For the other process, which maps it itself.
  let descriptor: Int32
  private var mapped: UnsafeMutableRawBufferPointer?

  /// Makes an empty one.
  init() throws(GymnasiumError) {
    descriptor = try Self.open()
  }

  private static func open() throws(GymnasiumError) -> Int32 {
    #if os(Linux)
      let name = "/ppo-\(getpid())-\(UInt64.random(in: 0 ... .max))"
      let file = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
      if file >= 0 { shm_unlink(name) }
    #else
      var name = Array("\(NSTemporaryDirectory())ppo-XXXXXX".utf8CString)
      let file = mkstemp(&name)
      if file >= 0 { unlink(name) }
    #endif
    guard file >= 0 else {
      throw GymnasiumError("Shared memory cannot be made: \(String(cString: strerror(errno))).")
    }
    defer { close(file) }
    return try distant(file)
  }

  /// Reserves memory, so that a page that does not fit is found here and not where it is touched,
  /// which would end the process.
  func reserve(_ bytes: Int) throws(GymnasiumError) {
    if let mapped {
      if bytes <= mapped.count { return }
      munmap(mapped.baseAddress, mapped.count)
      self.mapped = nil
    }
    #if os(Linux)
      let code = posix_fallocate(descriptor, 0, off_t(bytes))
    #else
      let code = ftruncate(descriptor, off_t(bytes)) == 0 ? 0 : errno
    #endif
    guard code == 0 else {
      throw GymnasiumError(
        """
        \(bytes) bytes of shared memory are needed and cannot be had: \
        \(String(cString: strerror(code))). Use fewer environments, or give the container more \
        (docker run --shm-size).
        """)
    }
    guard
      let mapped = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
      mapped != MAP_FAILED
    else {
      throw GymnasiumError(
        "Shared memory cannot be mapped: \(String(cString: strerror(errno))).")
    }
    self.mapped = UnsafeMutableRawBufferPointer(start: mapped, count: bytes)
  }

  /// Where the memory begins that was reserved.
  var start: UnsafeMutableRawPointer {
    guard let start = mapped?.baseAddress else { stop("Memory is reserved before it is used.") }
    return start
  }

  deinit {
    if let mapped { munmap(mapped.baseAddress, mapped.count) }
    close(descriptor)
  }
}

/// A copy of a descriptor beyond those that a worker is given, which no program inherits.
func distant(_ descriptor: Int32) throws(GymnasiumError) -> Int32 {
  let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
  guard copy >= 0 else {
    throw GymnasiumError(
      "A worker cannot be connected: \(String(cString: strerror(errno))).")
  }
  return copy
}
