/// Why nothing can be shown or recorded, in a sentence that says what to do.
public enum ViewerError: Error, Hashable, CustomStringConvertible {
  /// The package was built without the trait `Viewer`.
  case builtWithoutWindow
  /// There is no display; what was found instead.
  case noDisplay(String)
  /// The connection to the display broke while the window was open.
  case displayLost
  /// A video of some kind was asked for, and `ffmpeg` is not installed.
  case noEncoder(String)
  /// What `ffmpeg` said when it failed.
  case encoderFailed(String)
  /// A program cannot be started; its name and the reason.
  case cannotStart(String, String)
  /// The file that `ffmpeg` has written under this name is not whole.
  case brokenFile(String)
  /// A recording was asked to stop before it was complete.
  case stopped

  /// Whether there can be no window, where a recording still can be made.
  package var isAboutWindow: Bool {
    switch self {
    case .builtWithoutWindow, .noDisplay, .displayLost: true
    default: false
    }
  }

  /// What was found, what was expected and what to do.
  public var description: String {
    switch self {
    case .builtWithoutWindow:
      """
      This program was built without its window, which needs SDL2. Install it (Debian and Ubuntu: \
      apt-get install libsdl2-dev) and build with the trait Viewer (swift run -c release \
      --traits Viewer --scratch-path .build-viewer …); or record an .svg, which needs neither.
      """
    case .noDisplay(let reason):
      """
      There is no display to open a window on (\(reason)). Set DISPLAY or WAYLAND_DISPLAY, or log \
      in with 'ssh -X'; or record an .svg, which needs none.
      """
    case .displayLost:
      """
      The window was lost with its display: the connection broke, as when the display's server ends \
      or 'ssh -X' is cut off. Open another one, or record an .svg.
      """
    case .noEncoder(let format):
      """
      A .\(format) is written by the program ffmpeg, which is not installed. Install it (Debian \
      and Ubuntu: apt-get install ffmpeg), or record an .svg, which needs nothing.
      """
    case .encoderFailed(let said): "The program ffmpeg failed: \(said)"
    case .cannotStart(let program, let reason):
      """
      The program \(program) cannot be started (\(reason)). Close other programs or raise the limit \
      (ulimit -n), or record an .svg, which needs no other program.
      """
    case .brokenFile(let name):
      """
      The program ffmpeg has not written \(name) to its end; nothing was kept. Is the disk full?
      """
    case .stopped: "The recording was stopped; nothing was written."
    }
  }
}
