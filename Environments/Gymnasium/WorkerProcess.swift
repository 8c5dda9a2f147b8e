import ChildProcesses
import Foundation

/// A Python process that steps a slice of the environments.
///
/// It ends when its end of the socket is closed, however this process ends.
final class WorkerProcess: @unchecked Sendable {
  // What changes is read and written by the one thread that talks to the worker: the one that makes
  // the batch, or the one that holds the turn of its `EnvironmentSlice`.

  /// The memory that both processes map.
  let memory: SharedMemory
  private let channel: Int32
  private let id: pid_t
  private var isGone = false
  /// How it ended; `nil` where the system does not say, as where this process ignores SIGCHLD.
  private var status: Int32?
  /// What was read and belongs to the next answer.
  private var unread: [UInt8] = []
  /// How long an answer may take, in milliseconds; negative, as at first, for any time.
  private var timeLimit: Int32 = -1

  /// Starts a worker.
  ///
  /// - Parameter python: The Python.
  /// - Throws: ``GymnasiumError`` if it cannot be started.
  init(_ python: PythonInterpreter) throws(GymnasiumError) {
    let memory = try SharedMemory()
    self.memory = memory
    let ends = try Self.connectedPair()
    channel = ends.near
    defer { close(ends.far) }
    let code: Int32
    let source = String(decoding: PackageResources.worker_py, as: UTF8.self)
    // Python finds the virtual environment that it belongs to by its own path.
    (code, id) = spawn(python.path, ["-c", source], hasOwnGroup: true) { actions in
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_adddup2(&actions, ends.far, 3)
      posix_spawn_file_actions_adddup2(&actions, memory.descriptor, 4)
    }
    guard code == 0 else {
      close(channel)
      throw GymnasiumError(
        "\(python.path) cannot be started: \(String(cString: strerror(code))).")
    }
  }

  deinit {
    close(channel)
    // It ends by itself within a millisecond, unless an environment hangs.
    for _ in 0..<200 where !hasEnded { usleep(1_000) }
    if !hasEnded {
      // All of its group, since the Python may be a script that has started another one.
      kill(-id, SIGKILL)
      var status: Int32 = 0
      waitpid(id, &status, 0)
    }
  }

  private var hasEnded: Bool {
    if isGone { return true }
    var status: Int32 = 0
    let ended = waitpid(id, &status, WNOHANG)
    if ended == 0 || ended < 0 && errno == EINTR { return false }
    isGone = true
    if ended == id { self.status = status }
    return true
  }

  // MARK: Starting

  private static func connectedPair() throws(GymnasiumError) -> (near: Int32, far: Int32) {
    var ends: [Int32] = [-1, -1]
    #if os(Linux)
      let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw GymnasiumError(
        "A worker cannot be connected: \(String(cString: strerror(errno))).")
    }
    defer { for end in ends { close(end) } }
    let near = try distant(ends[0])
    #if canImport(Darwin)
      var isOn: Int32 = 1
      setsockopt(near, SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
    #endif
    do {
      return (near, try distant(ends[1]))
    } catch {
      close(near)
      throw error
    }
  }

  // MARK: Talking

  /// Limits how long an answer may take from now on; starting Python takes as long as it takes.
  func limitAnswers(seconds: Double?) {
    timeLimit = seconds.map { Int32(max(1, min($0 * 1000, 2e9))) } ?? -1
  }

  /// Sends the byte that makes the worker step.
  func send(_ byte: UInt8) throws(WorkerEnd) {
    try withUnsafeBytes(of: byte) { bytes throws(WorkerEnd) in try send(bytes) }
  }

  /// Sends an object as a line.
  func send(_ message: some Encodable) throws(WorkerEnd) {
    guard let line = try? JSONEncoder().encode(message) else { throw .broken }
    let bytes = [UInt8](line) + [UInt8(ascii: "\n")]
    try bytes.span.bytes.withUnsafeBytes { bytes throws(WorkerEnd) in try send(bytes) }
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws(WorkerEnd) {
    var sent = 0
    while sent < bytes.count, let start = bytes.baseAddress {
      #if os(Linux)
        let count = Foundation.send(
          channel, start + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      #else
        let count = Foundation.send(channel, start + sent, bytes.count - sent, 0)
      #endif
      if count > 0 {
        sent += count
      } else if errno != EINTR {
        throw end()
      }
    }
  }

  /// Waits for the end of a step.
  ///
  /// - Returns: `nil` if all went well, else the line that was sent instead.
  func receiveStep() throws(WorkerEnd) -> [UInt8]? {
    var byte: UInt8 = 0
    if unread.isEmpty {
      try waitForAnswer()
      while true {
        let count = recv(channel, &byte, 1, 0)
        if count == 1 { break }
        if count < 0 && errno == EINTR { continue }
        throw end()
      }
    } else {
      byte = unread.removeFirst()
    }
    return byte == UInt8(ascii: "s") ? nil : [byte] + (try receiveLine())
  }

  /// The rest of a line.
  func receiveLine() throws(WorkerEnd) -> [UInt8] {
    var line: [UInt8] = []
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        line += unread[..<end]
        unread.removeFirst(end + 1)
        return line
      }
      line += unread
      unread.removeAll()
      try fill()
    }
  }

  private func fill() throws(WorkerEnd) {
    try waitForAnswer()
    let some = [UInt8](unsafeUninitializedCapacity: 1 << 16) { bytes, count in
      count = max(0, recv(channel, bytes.baseAddress, bytes.count, 0))
    }
    if some.isEmpty && errno != EINTR { throw end() }
    unread += some
  }

  private func waitForAnswer() throws(WorkerEnd) {
    // A plain read waits as well, and costs one call less.
    if timeLimit < 0 { return }
    while true {
      var waiting = pollfd(fd: channel, events: Int16(POLLIN), revents: 0)
      let ready = poll(&waiting, 1, timeLimit)
      if ready > 0 { return }
      if ready == 0 {
        kill(-id, SIGKILL)
        throw .silent(seconds: Double(timeLimit) / 1000)
      }
      if errno != EINTR { throw end() }
    }
  }

  /// How the worker has ended.
  private func end() -> WorkerEnd {
    for _ in 0..<5_000 where !hasEnded { usleep(1_000) }
    guard let status else { return .broken }
    let (signal, code) = (status & 0x7F, (status >> 8) & 0xFF)
    if signal != 0 { return .killed(signal: signal) }
    // Where `python3` is a script that starts Python, a signal of that becomes a status.
    return 129...159 ~= code ? .killed(signal: code - 128) : .exited(status: code)
  }
}

/// Why a worker does not answer any more.
enum WorkerEnd: Error, CustomStringConvertible {
  case exited(status: Int32)
  case killed(signal: Int32)
  case silent(seconds: Double)
  case broken

  /// The end of a sentence that begins with the worker.
  var description: String {
    switch self {
    case .exited(let status): "ended with status \(status)"
    case .killed(let signal):
      "was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
    case .silent(let seconds): "gave no answer within the \(seconds) s that a step may take"
    case .broken: "cannot be reached any more"
    }
  }
}
