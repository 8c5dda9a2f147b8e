#if Viewer
  import CSDL2
  import Drawing

  /// A window of SDL2 that shows a canvas.
  ///
  /// The canvas is drawn by ourselves; SDL opens the window, copies the pixels that have changed to
  /// the screen, and reports which keys are pressed.
  final class SDLWindow {
    /// What happens to a window.
    enum Event {
      /// A key goes down or comes up.
      case key(ViewerKey, isDown: Bool)
      /// The window has another size, or was covered.
      case exposed
      /// The user closed it.
      case closed
    }

    private let window: OpaquePointer
    private var canvas: Canvas?

    /// Opens a window.
    ///
    /// - Parameters:
    ///   - title: Its title.
    ///   - width: Its width in points.
    ///   - height: Its height in points.
    ///   - willConnect: Called before and after SDL connects to a display.
    /// - Throws: ``ViewerError`` if there is no display.
    init(
      title: String, width: Int32, height: Int32, willConnect: () -> Void
    ) throws(ViewerError) {
      // Ctrl-C is the business of the program.
      SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1")
      SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "1")
      // Before, since a display can be lost while it is opened, and after, since SDL sets handlers, too.
      willConnect()
      defer { willConnect() }
      guard SDL_Init(SDL_INIT_VIDEO) == 0 else {
        throw .noDisplay(String(cString: SDL_GetError()))
      }
      let driver = SDL_GetCurrentVideoDriver().map { String(cString: $0) } ?? "none"
      // Without a display SDL draws into invisible memory, and reports no error.
      if ["offscreen", "dummy", "evdev", "none"].contains(driver) {
        SDL_Quit()
        throw .noDisplay("SDL found only its driver '\(driver)'")
      }
      // Where X11 takes pixels as they are, nothing is gained by textures.
      if driver == "x11" { SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0") }
      let centered: Int32 = 0x2FFF_0000
      let flags = SDL_WINDOW_RESIZABLE.rawValue | SDL_WINDOW_ALLOW_HIGHDPI.rawValue
      guard let window = SDL_CreateWindow(title, centered, centered, width, height, flags) else {
        let reason = String(cString: SDL_GetError())
        SDL_Quit()
        throw .noDisplay(reason)
      }
      self.window = window
    }

    deinit {
      SDL_DestroyWindow(window)
      SDL_Quit()
    }

    /// Draws what has changed of a show and brings it to the screen.
    func present(_ show: ViewerContent) {
      guard let surface = SDL_GetWindowSurface(window) else { return }
      let (width, height) = (Int(surface.pointee.w), Int(surface.pointee.h))
      var canvas = matching(width, height, show)
      // Large windows get large letters, but not in proportion.
      let points = PicturePoint(Double(width), Double(height)) / magnification(width, height)
      guard let picture = show.picture(size: points) else { return }
      self.canvas = nil
      let changes = canvas.show(picture)
      copy(changes, of: canvas, to: surface)
      self.canvas = canvas
    }

    /// The canvas, or a new one if the size of the window has changed.
    private func matching(_ width: Int, _ height: Int, _ show: ViewerContent) -> Canvas {
      if let canvas, canvas.width == width, canvas.height == height { return canvas }
      show.invalidate()
      return Canvas(width: max(width, 1), height: max(height, 1))
    }

    private func magnification(_ width: Int, _ height: Int) -> Double {
      var points: (width: Int32, height: Int32) = (0, 0)
      SDL_GetWindowSize(window, &points.width, &points.height)
      let density = Double(width) / Double(max(points.width, 1))
      let size = min(Double(points.width) / 960, Double(points.height) / 600)
      return density * max(1, size.squareRoot())
    }

    private func copy(
      _ changes: [PixelRectangle], of canvas: Canvas,
      to surface: UnsafeMutablePointer<SDL_Surface>
    ) {
      var rectangles = changes.map {
        SDL_Rect(
          x: Int32($0.columns.lowerBound), y: Int32($0.rows.lowerBound),
          w: Int32($0.columns.count), h: Int32($0.rows.count))
      }
      canvas.pixels.withUnsafeBytes { pixels in
        // SDL only reads from it.
        let memory = UnsafeMutableRawPointer(mutating: pixels.baseAddress)
        let source = SDL_CreateRGBSurfaceWithFormatFrom(
          memory, Int32(canvas.width), Int32(canvas.height), 32, Int32(canvas.width * 4),
          UInt32(SDL_PIXELFORMAT_RGB888.rawValue))
        for rectangle in rectangles {
          var (from, to) = (rectangle, rectangle)
          SDL_UpperBlit(source, &from, surface, &to)
        }
        SDL_FreeSurface(source)
      }
      SDL_UpdateWindowSurfaceRects(window, &rectangles, Int32(rectangles.count))
    }

    /// Waits for something to happen.
    ///
    /// - Parameter seconds: How long at most.
    /// - Returns: All that has happened.
    func wait(atMost seconds: Double) -> [Event] {
      var events: [Event] = []
      var event = SDL_Event()
      guard SDL_WaitEventTimeout(&event, Int32(Int(seconds * 1000, within: 1...1000))) == 1 else {
        return events
      }
      repeat {
        if let known = Event(event) { events.append(known) }
      } while SDL_PollEvent(&event) == 1
      return events
    }
  }

  extension SDLWindow.Event {
    fileprivate init?(_ event: SDL_Event) {
      switch SDL_EventType(event.type) {
      case SDL_QUIT: self = .closed
      case SDL_WINDOWEVENT: self = .exposed
      case SDL_KEYDOWN, SDL_KEYUP:
        let isDown = event.type == SDL_KEYDOWN.rawValue
        // A key that is held repeats itself; once is meant.
        guard event.key.repeat == 0, let key = ViewerKey(code: Int(event.key.keysym.sym)) else {
          return nil
        }
        self = .key(key, isDown: isDown)
      default: return nil
      }
    }
  }

  extension ViewerKey {
    /// The key that SDL means by a code; that of a letter or a sign is its Unicode number.
    fileprivate init?(code: Int) {
      switch code {
      case Int(SDLK_LEFT.rawValue): self = .left
      case Int(SDLK_RIGHT.rawValue): self = .right
      case Int(SDLK_ESCAPE.rawValue): self = .escape
      case Int(SDLK_TAB.rawValue): self = .tab
      case Int(SDLK_KP_PLUS.rawValue): self = .character("+")
      case Int(SDLK_KP_MINUS.rawValue): self = .character("-")
      case 0x20..<0x7F: self = .character(Character(Unicode.Scalar(UInt8(code))))
      default: return nil
      }
    }
  }
#endif
