import Foundation
import Synchronization

/// Whether the program was asked to stop: by Ctrl-C, by `kill`, or by closing the terminal.
///
///     let interruption = Interruption()
///     let summary = try session.run(until: { interruption.isRequested })
///
/// Making one sets the handlers of SIGINT, SIGTERM and SIGHUP for the whole process, and ignores
/// SIGPIPE and SIGXFSZ, so that writing fails instead of the program; a library makes none by itself.
///
/// The first request lets the training go back to the iteration before and store it. A second Ctrl-C
/// ends the program at once; other signals come twice by themselves, from the shell and from the
/// system, when a terminal is closed.
public final class Interruption: Sendable {
  private static let isAsked = Atomic<Bool>(false)

  /// The signals that ask to stop; not that of a closed terminal if it was ignored when the program was
  /// started, as by `nohup`. Found once: asking a second time would find what the first has set up.
  ///
  /// A reader that has gone, or a file that has become too large, is no reason to lose the work. Writing
  /// then fails, and that is told of where it is done.
  private static let numbers: [Int32] = {
    for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    // Before a handler can come to it.
    _ = isAsked.load(ordering: .relaxed)
    let numbers = [SIGINT, SIGTERM, SIGHUP].filter { number in
      let before = unsafeBitCast(listen(to: number), to: Int.self)
      guard number == SIGHUP, before == unsafeBitCast(SIG_IGN, to: Int.self) else { return true }
      signal(number, SIG_IGN)
      return false
    }
    // A program that starts this one at a thread without signals leaves them blocked.
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in numbers { sigaddset(&wanted, number) }
    pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
    return numbers
  }()

  /// Lets a signal be noted from this moment on, and one that waits. Before a source of Dispatch could be
  /// set up it would have to be ignored, and those that come then would be lost.
  private static func listen(to number: Int32) -> (@convention(c) (Int32) -> Void)? {
    signal(number) { number in
      let wasAsked = Interruption.isAsked.exchange(true, ordering: .relaxed)
      if wasAsked && number == SIGINT { _exit(130) }
    }
  }

  /// Notes requests to stop from now on, and those that were made before and are pending.
  public init() { _ = Self.numbers }

  /// Lets the signals end the program again, where nothing is left that could be stored.
  public func end() {
    for number in Self.numbers { signal(number, SIG_DFL) }
  }

  /// Whether to stop.
  public var isRequested: Bool { Self.isAsked.load(ordering: .relaxed) }
}
