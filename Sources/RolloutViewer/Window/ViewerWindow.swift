import Foundation

/// A window that shows a ``Show``.
///
/// It exists also where the package was built without the trait `Viewer`, and then says so.
public final class ViewerWindow {
  #if Viewer
    private let window: SDLWindow
  #endif

  /// The least time between two pictures, in seconds.
  private let pause: Double

  /// Opens a window.
  ///
  /// - Parameters:
  ///   - title: The title of the window.
  ///   - picturesPerSecond: How many pictures a second at most.
  /// - Throws: ``ViewerError`` if there is no display, or no window in this build.
  public init(title: String, picturesPerSecond: Double = 60) throws(ViewerError) {
    pause = 1 / picturesPerSecond
    #if Viewer
      window = try SDLWindow(title: title, width: 960, height: 600)
    #else
      throw .builtWithoutWindow
    #endif
  }

  /// Shows until somebody closes the window or quits; to be called on the main thread.
  ///
  /// - Parameters:
  ///   - show: What to show.
  ///   - shouldClose: Asked several times a second; may change the show meanwhile.
  public func run(_ show: Show, until shouldClose: () -> Bool = { false }) {
    #if Viewer
      let clock = ContinuousClock()
      let start = clock.now
      while !show.state.isQuitting && !shouldClose() {
        show.proceed(to: (clock.now - start) / .seconds(1))
        window.present(show)
        let rest = min(max(show.state.rest ?? .infinity, pause), 0.25)
        for event in window.wait(atMost: rest) { handle(event, show) }
      }
    #endif
  }

  #if Viewer
    private func handle(_ event: SDLWindow.Event, _ show: Show) {
      switch event {
      case .key(let key, let isDown): show.press(key, isDown: isDown)
      case .exposed: show.invalidate()
      case .closed: show.press(.escape)
      }
    }
  #endif
}
