#if Viewer && os(Linux)
  import Foundation
  import Synchronization

  /// What happens when the connection to an X server breaks.
  ///
  /// Xlib then ends the program, unless a function of the program takes over, and that function must
  /// not return. This one gives notice and stops its thread for good; all other threads go on. So a
  /// window on X lives on a thread of its own.
  ///
  /// Source: *Xlib – C Language X Interface*, section 11.8.3,
  /// <https://www.x.org/releases/current/doc/libX11/libX11/libX11.html#Using_the_Default_Error_Handlers>.
  enum DisplayLoss {
    private static let isLost = Atomic<Bool>(false)
    private static let notice = Mutex<(@Sendable () -> Void)?>(nil)

    /// Whether the connection has broken.
    static var hasHappened: Bool { isLost.load(ordering: .acquiring) }

    /// Asks Xlib, if SDL has loaded it, to leave the program alone.
    ///
    /// - Parameter notify: Called on the thread that used the connection, before it stops.
    static func watch(_ notify: @escaping @Sendable () -> Void) {
      notice.withLock { $0 = notify }
      // Nothing but what SDL has loaded already is wanted.
      guard let library = dlopen("libX11.so.6", RTLD_NOW | RTLD_NOLOAD) else { return }
      typealias Handler = @convention(c) (OpaquePointer?) -> Int32
      typealias ErrorHandler = @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32
      if let address = dlsym(library, "XSetIOErrorHandler") {
        typealias Setter = @convention(c) (Handler?) -> Handler?
        let handler: Handler = { _ in DisplayLoss.stopThread() }
        _ = unsafeBitCast(address, to: Setter.self)(handler)
      }
      // A request that the server refuses, as for a window that was closed meanwhile.
      if let address = dlsym(library, "XSetErrorHandler") {
        typealias Setter = @convention(c) (ErrorHandler?) -> ErrorHandler?
        let handler: ErrorHandler = { _, _ in 0 }
        _ = unsafeBitCast(address, to: Setter.self)(handler)
      }
    }

    private static func stopThread() -> Never {
      isLost.store(true, ordering: .releasing)
      notice.withLock { $0 }?()
      while true { sleep(.max) }
    }
  }
#endif
