import Foundation

/// A program that answers lines on its standard output to lines on its standard input, which are one
/// socket.
///
/// It should end when its input is closed; where it does not within a second it is killed.
package final class LineProcess {
  private let channel: Int32
  private let id: pid_t
  private var unread: [UInt8] = []

  /// Starts a program, whose errors go where those of this process go.
  ///
  /// - Throws: The system's sentence if it cannot be started.
  package init(_ path: String, _ arguments: [String]) throws(LineProcessError) {
    // A socket and no pipe: a program that has gone is then an error and no signal.
    var ends: [Int32] = [-1, -1]
    #if os(Linux)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw LineProcessError(number: errno)
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    #if canImport(Darwin)
      var isOn: Int32 = 1
      setsockopt(ends[0], SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
    #endif
    let far = ends[1]
    let code: Int32
    (code, id) = spawn(path, arguments, hasOwnGroup: true) { actions in
      posix_spawn_file_actions_adddup2(&actions, far, STDIN_FILENO)
      posix_spawn_file_actions_adddup2(&actions, far, STDOUT_FILENO)
    }
    close(far)
    channel = ends[0]
    if code != 0 {
      close(channel)
      throw LineProcessError(number: code)
    }
  }

  deinit {
    close(channel)
    var status: Int32 = 0
    for _ in 0..<1000 {
      if waitpid(id, &status, WNOHANG) != 0 { return }
      usleep(1_000)
    }
    kill(-id, SIGKILL)
    waitpid(id, &status, 0)
  }

  /// Sends a line and waits for the line that answers it.
  ///
  /// - Parameter line: The line, without its end.
  /// - Returns: The answer; `nil` if the program has ended.
  package func answer(to line: some Collection<UInt8>) -> [UInt8]? {
    let bytes = Array(line) + [UInt8(ascii: "\n")]
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { bytes in
        #if os(Linux)
          send(channel, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        #else
          send(channel, bytes.baseAddress, bytes.count, 0)
        #endif
      }
      if count > 0 { sent += count } else if errno != EINTR { return nil }
    }
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread.removeFirst(end + 1) }
        return Array(unread[..<end])
      }
      var some = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(channel, &some, some.count)
      if count > 0 {
        unread += some[..<count]
      } else if count == 0 || errno != EINTR {
        return nil
      }
    }
  }
}

/// Why a program cannot be started.
package struct LineProcessError: Error, CustomStringConvertible {
  /// The number of the system's error.
  package let number: Int32
  /// What the system says of it.
  package var description: String { String(cString: strerror(number)) }
}
