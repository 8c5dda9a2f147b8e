import Foundation

/// A window that shows a ``ViewerContent``.
///
/// It exists also where the package was built without the trait `Viewer`, and then says so.
public final class ViewerWindow {
  #if Viewer
    private let thread: WindowThread
    private let content: Content

    /// What only the window's thread uses.
    private final class Content: @unchecked Sendable {
      var window: SDLWindow?
    }
  #endif

  /// The least time between two pictures, in seconds.
  private let pause: Double

  /// Opens a window; to be called on the main thread.
  ///
  /// - Parameters:
  ///   - title: The title of the window.
  ///   - picturesPerSecond: How many pictures a second at most.
  ///   - isBackground: Whether the other threads of the program come first, as those that train.
  /// - Throws: ``ViewerError`` if there is no display, or no window in this build.
  public init(
    title: String, picturesPerSecond: Double = 60, isBackground: Bool = false
  ) throws(ViewerError) {
    pause = 1 / picturesPerSecond
    #if Viewer
      let (thread, content) = (WindowThread(isBackground: isBackground), Content())
      (self.thread, self.content) = (thread, content)
      let opened = thread.perform {
        Result { () throws(ViewerError) in
          content.window = try SDLWindow(title: title, width: 960, height: 600) {
            thread.watchDisplay()
          }
        }
      }
      // All properties are set, so that an error runs the deinitializer, which ends the thread.
      guard let opened else { throw .displayLost }
      try opened.get()
    #else
      throw .builtWithoutWindow
    #endif
  }

  #if Viewer
    deinit {
      let content = content
      _ = thread.perform { content.window = nil }
      thread.end()
    }
  #endif

  /// Shows until the window is closed; to be called on the main thread.
  ///
  /// - Parameters:
  ///   - show: What to show. Until the call returns it belongs to the window, and for good if the
  ///     display is lost.
  ///   - shouldClose: Asked several times a second on the window's thread; may change the show
  ///     meanwhile.
  /// - Throws: ``ViewerError/displayLost`` if the connection to the display breaks. The program goes
  ///   on. Also if an environment fails.
  public func run(
    _ show: ViewerContent, until shouldClose: @escaping () -> Bool = { false }
  ) throws {
    #if Viewer
      let (content, pause) = (content, pause)
      let closed = thread.perform {
        Result {
          guard let window = content.window else { return }
          try Self.run(show, in: window, pause: pause, until: shouldClose)
        }
      }
      guard let closed else { throw ViewerError.displayLost }
      try closed.get()
    #endif
  }

  #if Viewer
    private static func run(
      _ show: ViewerContent, in window: SDLWindow, pause: Double, until shouldClose: () -> Bool
    ) throws {
      let clock = ContinuousClock()
      let start = clock.now
      while !show.state.isQuitting && !shouldClose() {
        try show.proceed(to: (clock.now - start) / .seconds(1))
        window.present(show)
        let rest = min(max(show.state.rest ?? .infinity, pause), 0.25)
        for event in window.wait(atMost: rest) { handle(event, show) }
      }
    }

    private static func handle(_ event: SDLWindow.Event, _ show: ViewerContent) {
      switch event {
      case .key(let key, let isDown): show.press(key, isDown: isDown)
      case .exposed: show.invalidate()
      case .closed: show.press(.escape)
      }
    }
  #endif
}
