import Dispatch
import Foundation
import Synchronization

/// Whether somebody asked the program to stop: by Ctrl-C, by `kill`, or by closing the terminal.
///
/// The first request lets the iteration end and the checkpoint be written; the second ends the
/// program at once.
final class Interruption {
  private let isAsked = Flag()
  private let sources: [any DispatchSourceSignal]

  private static let numbers = [SIGINT, SIGTERM, SIGHUP]

  /// Done once: a second time would undo what the first source has set up.
  ///
  /// Nobody reads any more what is printed, or a file has become too large: that is no reason to
  /// lose the work. Writing then fails, and whoever writes tells.
  private static let ignoring: Void = {
    for number in numbers + [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
  }()

  init() {
    Self.ignoring
    sources = Self.numbers.map { DispatchSource.makeSignalSource(signal: $0, queue: .global()) }
    for source in sources {
      source.setEventHandler { [isAsked] in
        if isAsked.value.exchange(true, ordering: .relaxed) { _exit(130) }
      }
      source.resume()
    }
  }

  /// Whether to stop.
  var isRequested: Bool { isAsked.value.load(ordering: .relaxed) }

  private final class Flag: Sendable {
    let value = Atomic<Bool>(false)
  }
}
