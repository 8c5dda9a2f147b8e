import Foundation

/// Writes pictures as a video, an animated picture or a sequence of pictures, by the program
/// `ffmpeg`.
public struct VideoFile {
  /// What kind of file, by the ending of its name.
  public enum Format: String, CaseIterable, Sendable {
    /// An animated picture.
    case gif
    /// A video.
    case mp4
    /// A numbered sequence of pictures.
    case png
  }

  private let url: URL
  private let format: Format
  private let encoder: URL

  /// Prepares a file.
  ///
  /// - Parameters:
  ///   - url: Where to; `rollout.png` becomes `rollout-0001.png` and so on.
  ///   - format: The kind of file.
  /// - Throws: ``ViewerError`` if `ffmpeg` is not installed.
  public init(_ url: URL, format: Format) throws(ViewerError) {
    self.url = url
    self.format = format
    guard let encoder = Self.program("ffmpeg") else { throw .noEncoder(format.rawValue) }
    self.encoder = encoder
  }

  /// Draws pictures and writes them.
  ///
  /// - Parameters:
  ///   - pictures: The pictures, of one size.
  ///   - perSecond: How many of them a second show.
  ///   - width: Columns of pixels, even.
  ///   - height: Rows of pixels, even.
  /// - Throws: ``ViewerError`` with what `ffmpeg` said, if it failed.
  public func write(
    _ pictures: [Picture], perSecond: Double, width: Int, height: Int
  ) throws {
    let process = Process()
    let (input, errors) = (Pipe(), Pipe())
    process.executableURL = encoder
    process.arguments = arguments(perSecond: perSecond, width: width, height: height)
    process.standardInput = input
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    var canvas = Canvas(width: width, height: height)
    for picture in pictures {
      canvas.show(picture)
      let frame = canvas.pixels.withUnsafeBytes { Data($0) }
      // `ffmpeg` may have ended early; what it said is read below.
      let isWritten: Void? = withoutBrokenPipeSignal {
        try? input.fileHandleForWriting.write(contentsOf: frame)
      }
      if isWritten == nil { break }
    }
    try? input.fileHandleForWriting.close()
    let said = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    if process.terminationStatus != 0 {
      throw ViewerError.encoderFailed(
        String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }

  private func arguments(perSecond: Double, width: Int, height: Int) -> [String] {
    var arguments = ["-n", "-loglevel", "error", "-f", "rawvideo", "-pixel_format", "bgra"]
    arguments += ["-video_size", "\(width)x\(height)", "-framerate", "\(perSecond)", "-i", "-"]
    switch format {
    case .gif:
      arguments += ["-filter_complex", "split[a][b];[a]palettegen[p];[b][p]paletteuse"]
    case .mp4: arguments += ["-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    case .png: break
    }
    return arguments + [output]
  }

  /// The file that is written, for a sequence the pattern of its names.
  private var output: String {
    guard format == .png else { return url.path }
    let name = url.deletingPathExtension().lastPathComponent.replacing("%", with: "%%")
    return url.deletingLastPathComponent().appendingPathComponent("\(name)-%04d.png").path
  }

  /// Looks for a program where the shell does.
  private static func program(_ name: String) -> URL? {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return folders.map { URL(fileURLWithPath: String($0)).appendingPathComponent(name) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}
