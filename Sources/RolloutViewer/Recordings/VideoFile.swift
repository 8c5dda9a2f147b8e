import Foundation
import StoredFiles

/// Writes pictures as a video, an animated picture or a sequence of pictures, by the program
/// `ffmpeg`.
///
/// The program writes in a folder of its own, under names without any of the user's text. What it
/// has written is checked and then takes its name, unless something has it: there is the whole file
/// or none.
public struct VideoFile {
  private let url: URL
  private let format: VideoFormat
  private let encoder: URL
  private let folder: OpenedFolder

  /// Prepares a file.
  ///
  /// - Parameters:
  ///   - url: Where to; `rollout.png` becomes `rollout-0001.png` and so on.
  ///   - format: The kind of file.
  /// - Throws: ``ViewerError`` if `ffmpeg` is not installed, `WritingError` if the folder does not
  ///   exist or something has the name, of a sequence any of its names.
  public init(_ url: URL, format: VideoFormat) throws {
    self.url = url
    self.format = format
    folder = try OpenedFolder(containing: url)
    folder.removeLeftovers()
    if let name = try folder.names().sorted().first(where: Self.names(of: url, format)) {
      throw WritingError(
        description: """
          \(folder.url.appendingPathComponent(name).path) exists already; nothing was changed.
          """,
        isTaken: true)
    }
    guard let encoder = Self.program("ffmpeg") else {
      throw ViewerError.noEncoder(format.ending)
    }
    self.encoder = encoder
  }

  /// Draws pictures and writes them.
  ///
  /// - Parameters:
  ///   - pictures: The pictures, of one size.
  ///   - perSecond: How many of them a second show.
  ///   - width: Columns of pixels, even.
  ///   - height: Rows of pixels, even.
  ///   - shouldStop: Asked several times a second whether to give up.
  /// - Returns: Whether the file was written; `false` if it was given up.
  /// - Throws: ``ViewerError`` with what `ffmpeg` said, if it failed; `WritingError` if the file
  ///   cannot be written or something has its name by now.
  @discardableResult
  public func write(
    _ pictures: some Collection<Picture>, perSecond: Double, width: Int, height: Int,
    until shouldStop: () -> Bool = { false }
  ) throws -> Bool {
    let draft = try DraftFolder(in: folder, isPrivate: true)
    let program = try ChildProcess(
      encoder, arguments(perSecond: perSecond, width: width, height: height, in: draft.folder.url),
      errors: draft.folder.url.appendingPathComponent(Self.errors))
    var canvas = Canvas(width: width, height: height)
    for picture in pictures {
      canvas.show(picture)
      // Where the program has ended early, what it said is read below.
      let isTaken = canvas.pixels.withUnsafeBytes { program.feed($0, until: shouldStop) }
      if !isTaken { break }
    }
    let ending = program.finish(until: shouldStop)
    if shouldStop() { return false }
    let said = (try? draft.folder.contents(of: Self.errors)).map {
      String(decoding: $0.prefix(2_000), as: UTF8.self)
    }
    try check(ending, said ?? "")
    try publish(from: draft.folder, count: pictures.count)
    return true
  }

  private func check(_ ending: ChildProcess.Ending, _ said: String) throws(ViewerError) {
    // With a full disk it ends with status 0 and has only said so.
    let said = said.split(whereSeparator: \.isNewline).joined(separator: "; ")
    // Whether the files are whole is looked at in any case.
    if said.isEmpty, [.status(0), .unknown].contains(ending) { return }
    switch ending {
    case _ where !said.isEmpty: throw .encoderFailed("\(said) (\(ending)).")
    case .signal: throw .encoderFailed("\(ending). Nothing was kept.")
    default: throw .encoderFailed("\(ending), and said nothing. Is the disk full?")
    }
  }

  // MARK: What was written

  /// Checks all files, and only then names them.
  private func publish(from draft: OpenedFolder, count: Int) throws {
    let names =
      format.isSequence
      ? (1...count).map { Self.pictureName("picture", $0, format) } : [Self.fileName(format)]
    for name in names {
      let content = try? draft.contents(of: name)
      guard let content, format.isWhole(EncodedFile(content)) else {
        throw ViewerError.brokenFile(url.lastPathComponent)
      }
    }
    let stem = url.deletingPathExtension().lastPathComponent
    var finals: [String] = []
    do {
      for (index, name) in names.enumerated() {
        let final =
          format.isSequence
          ? Self.pictureName(stem, index + 1, format) : url.lastPathComponent
        try folder.take(name, from: draft, as: final)
        finals.append(final)
      }
    } catch {
      for name in finals { try? folder.remove(name) }
      throw error
    }
  }

  private static let errors = "errors"

  private static func fileName(_ format: VideoFormat) -> String { "video.\(format)" }

  private static func pictureName(
    _ stem: String, _ number: Int, _ format: VideoFormat
  ) -> String {
    let digits = String(number)
    return "\(stem)-\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits).\(format)"
  }

  /// Whether a name is one that will be written.
  private static func names(of url: URL, _ format: VideoFormat) -> (String) -> Bool {
    guard format.isSequence else { return { $0 == url.lastPathComponent } }
    let stem = url.deletingPathExtension().lastPathComponent
    return { name in
      guard name.hasPrefix("\(stem)-"), name.hasSuffix(".\(format)") else { return false }
      let number = name.dropFirst(stem.count + 1).dropLast(format.ending.count + 1)
      return Int(number).map { pictureName(stem, $0, format) == name } ?? false
    }
  }

  // MARK: The program

  private func arguments(
    perSecond: Double, width: Int, height: Int, in folder: URL
  ) -> [String] {
    var arguments = ["-n", "-xerror", "-loglevel", "error", "-f", "rawvideo"]
    arguments += ["-pixel_format", "bgra", "-video_size", "\(width)x\(height)"]
    arguments += ["-framerate", "\(perSecond)", "-i", "-"]
    arguments += format.options
    if format.isSequence {
      // Percent signs in the path of the folder would be taken for the number's place.
      let path = folder.path.replacing("%", with: "%%")
      return arguments + ["\(path)/picture-%04d.\(format)"]
    }
    return arguments + [folder.appendingPathComponent(Self.fileName(format)).path]
  }

  /// Looks for a program where the shell does.
  private static func program(_ name: String) -> URL? {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return folders.map { URL(fileURLWithPath: String($0)).appendingPathComponent(name) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }
}
