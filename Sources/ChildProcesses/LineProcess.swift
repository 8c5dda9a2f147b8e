import Foundation

/// A program that answers lines on its standard output to lines on its standard input.
///
/// It should end when its input is closed; where it does not within a second it is killed.
package final class LineProcess {
  private let input: Int32
  private let output: Int32
  private let id: pid_t
  private var unread: [UInt8] = []

  /// Starts a program, whose errors go where those of this process go.
  ///
  /// - Throws: The system's sentence if it cannot be started.
  package init(_ path: String, _ arguments: [String]) throws(LineProcessError) {
    var (toProgram, fromProgram): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    guard pipe(&toProgram) == 0 else { throw LineProcessError(number: errno) }
    guard pipe(&fromProgram) == 0 else {
      for end in toProgram { close(end) }
      throw LineProcessError(number: errno)
    }
    let all = toProgram + fromProgram
    for end in all { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let code: Int32
    (code, id) = spawn(path, arguments, hasOwnGroup: true) { actions in
      posix_spawn_file_actions_adddup2(&actions, all[0], STDIN_FILENO)
      posix_spawn_file_actions_adddup2(&actions, all[3], STDOUT_FILENO)
    }
    close(all[0])
    close(all[3])
    (input, output) = (all[1], all[2])
    if code != 0 {
      close(input)
      close(output)
      throw LineProcessError(number: code)
    }
  }

  deinit {
    close(input)
    close(output)
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
      let count = bytes[sent...].withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      if count > 0 { sent += count } else if errno != EINTR { return nil }
    }
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread.removeFirst(end + 1) }
        return Array(unread[..<end])
      }
      var some = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(output, &some, some.count)
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
