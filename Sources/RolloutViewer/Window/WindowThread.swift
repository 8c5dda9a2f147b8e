#if Viewer
  import Foundation

  /// Where a window lives: on Linux a thread of its own, so that a lost display stops that thread and
  /// not the program; elsewhere the thread that asks, which must be the main one.
  final class WindowThread: @unchecked Sendable {
    #if os(Linux)
      private let requests = DispatchSemaphore(value: 0)
      private let answers = DispatchSemaphore(value: 0)
      // Written before a request and read after it.
      private var work: (() -> Void)?

      /// A thread that waits for work.
      ///
      /// - Parameter isBackground: Whether other threads of the program come first.
      init(isBackground: Bool) {
        let thread = Thread { [self] in
          // On Linux of this thread alone.
          if isBackground { _ = nice(19) }
          while true {
            requests.wait()
            guard let work else { return }
            work()
            answers.signal()
          }
        }
        thread.stackSize = 8 << 20
        thread.start()
      }

      /// Does some work on the thread and waits for its end.
      ///
      /// - Returns: What came of it, `nil` if the display was lost meanwhile or before.
      func perform<Result>(_ work: @escaping () -> Result) -> Result? {
        if DisplayLoss.hasHappened { return nil }
        let result = Box<Result>()
        self.work = { result.content = work() }
        requests.signal()
        answers.wait()
        return result.content
      }

      /// Ends the thread, if it waits for work.
      func end() {
        if DisplayLoss.hasHappened { return }
        work = nil
        requests.signal()
      }

      /// Lets a lost display end the wait for an answer.
      func watchDisplay() { DisplayLoss.watch { [self] in answers.signal() } }

      private final class Box<Content> {
        var content: Content?
      }
    #else
      init(isBackground: Bool) {}

      func perform<Result>(_ work: @escaping () -> Result) -> Result? { work() }

      func end() {}

      func watchDisplay() {}
    #endif
  }
#endif
