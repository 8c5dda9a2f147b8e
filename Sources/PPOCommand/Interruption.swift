import Dispatch
import Foundation
import Synchronization

/// Whether somebody asked the program to stop: by Ctrl-C, by `kill`, or by closing the terminal.
///
/// The first request lets the training go back to the iteration before and store it. A second Ctrl-C
/// ends the program at once; other signals come twice by themselves, from the shell and from the
/// system, when a terminal is closed.
final class Interruption: @unchecked Sendable {
  // What is asked is atomic; the sources are only kept.
  private let isAsked = Flag()
  private let sources: [any DispatchSourceSignal]

  /// The signals that ask to stop; not that of a closed terminal if whoever started the program lets
  /// it be ignored, as `nohup` does. Found once: asking a second time would undo what the first source
  /// has set up.
  ///
  /// Nobody reads any more what is printed, or a file has become too large: that is no reason to
  /// lose the work. Writing then fails, and whoever writes tells.
  private static let numbers: [Int32] = {
    for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    return [SIGINT, SIGTERM, SIGHUP].filter { number in
      let before = unsafeBitCast(signal(number, SIG_IGN), to: Int.self)
      return number != SIGHUP || before != unsafeBitCast(SIG_IGN, to: Int.self)
    }
  }()

  init() {
    let isAsked = isAsked
    sources = Self.numbers.map { number in
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let wasAsked = isAsked.value.exchange(true, ordering: .relaxed)
        if wasAsked && number == SIGINT { _exit(130) }
      }
      source.resume()
      return source
    }
  }

  /// Lets the signals end the program again, where nothing is left that could be stored.
  func end() {
    for source in sources { source.cancel() }
    for number in Self.numbers { signal(number, SIG_DFL) }
  }

  /// Whether to stop.
  var isRequested: Bool { isAsked.value.load(ordering: .relaxed) }

  private final class Flag: Sendable {
    let value = Atomic<Bool>(false)
  }
}
