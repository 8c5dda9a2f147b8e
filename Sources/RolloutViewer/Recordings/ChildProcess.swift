import ChildProcesses
import Foundation

/// A program that is fed through a pipe, with what it says kept in a file.
///
/// Foundation's `Process` needs more descriptors than a limited program has, and one pipe more, in
/// which a program that says much would get stuck.
package final class ChildProcess {
  /// How a program ended.
  package enum Ending: Hashable {
    /// With a status, 0 if all went well.
    case status(Int32)
    /// By a signal.
    case signal(Int32)
    /// It was stopped because that was asked for.
    case stopped
    /// The system does not say, which it does not where a process ignores the signal SIGCHLD.
    case unknown
  }

  private let id: pid_t
  private let input: Int32

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: Its file.
  ///   - arguments: What follows its name.
  ///   - errors: A new file for what it says on standard error.
  /// - Throws: ``ViewerError`` with the reason if it cannot be started.
  package init(_ program: URL, _ arguments: [String], errors: URL) throws(ViewerError) {
    func check(_ code: Int32) throws(ViewerError) {
      if code != 0 {
        throw .cannotStart(program.lastPathComponent, String(cString: strerror(code)))
      }
    }
    var ends: [Int32] = [-1, -1]
    try check(pipe(&ends) == 0 ? 0 : errno)
    input = ends[1]
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // Whether to stop can be asked while the program reads nothing.
    _ = fcntl(input, F_SETFL, O_NONBLOCK)
    defer { close(ends[0]) }
    let code: Int32
    (code, id) = spawn(program.path, arguments) { actions in
      posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_addopen(
        &actions, STDERR_FILENO, errors.path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    }
    if code != 0 { close(input) }
    try check(code)
  }

  /// Feeds it bytes.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - shouldStop: Asked several times a second, also while the program reads nothing.
  /// - Returns: Whether all were taken; else the program has ended, or was to be stopped.
  package func feed(_ bytes: UnsafeRawBufferPointer, until shouldStop: () -> Bool) -> Bool {
    var count = 0
    while count < bytes.count {
      if shouldStop() { return false }
      let start = bytes.baseAddress.map { $0 + count }
      let written = withoutBrokenPipeSignal { write(input, start, bytes.count - count) }
      if written >= 0 {
        count += written
      } else if errno == EAGAIN {
        var waiting = pollfd(fd: input, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, 100)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }

  /// Ends its input and waits until it ends; it is killed if it is to be stopped.
  ///
  /// - Returns: How it ended.
  package func finish(until shouldStop: () -> Bool) -> Ending {
    close(input)
    while true {
      var status: Int32 = 0
      let ended = waitpid(id, &status, WNOHANG)
      if ended == id {
        let number = status & 0x7F
        return number == 0 ? .status((status >> 8) & 0xFF) : .signal(number)
      }
      if ended < 0 && errno != EINTR { return .unknown }
      if shouldStop() {
        kill(id, SIGKILL)
        waitpid(id, &status, 0)
        return .stopped
      }
      usleep(1_000)
    }
  }
}

extension ChildProcess.Ending: CustomStringConvertible {
  /// What can be said of it in a sentence.
  package var description: String {
    switch self {
    case .status(let status): "it ended with status \(status)"
    case .signal(SIGXFSZ): "it was ended since its file became too large; see 'ulimit -f'"
    case .signal(let number):
      "it was ended by the signal \(number), \(String(cString: strsignal(number)))"
    case .stopped: "it was stopped"
    case .unknown: "how it ended is not known"
    }
  }
}
