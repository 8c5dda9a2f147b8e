/// A kind of file that the program `ffmpeg` makes of pictures: all that is particular to it.
public struct VideoFormat: Sendable, CustomStringConvertible {
  /// The ending of the file's name, in lower case, without the dot.
  public let ending: String
  /// How many pictures a second to record.
  public let framesPerSecond: Double
  /// Whether each picture is a numbered file.
  let isSequence: Bool
  /// The options of `ffmpeg` for it.
  let options: [String]
  /// Whether a file that was written is whole.
  let isWhole: @Sendable (EncodedFile) -> Bool

  /// The known formats.
  public static let all = [gif, mp4, png]

  /// An animated picture. More than 25 pictures a second are slowed down by many browsers.
  public static let gif = VideoFormat(
    ending: "gif", framesPerSecond: 25, isSequence: false,
    options: ["-filter_complex", "split[a][b];[a]palettegen[p];[b][p]paletteuse"],
    isWhole: \.isWholeAnimation)

  /// A video.
  public static let mp4 = VideoFormat(
    ending: "mp4", framesPerSecond: 50, isSequence: false,
    options: ["-pix_fmt", "yuv420p", "-movflags", "+faststart"], isWhole: \.isWholeVideo)

  /// A numbered sequence of pictures.
  public static let png = VideoFormat(
    ending: "png", framesPerSecond: 25, isSequence: true, options: [], isWhole: \.isWholePicture)

  /// The format of a file's ending, in either case.
  public static func named(_ ending: String) -> VideoFormat? {
    all.first { $0.ending == ending.lowercased() }
  }

  /// The ending.
  public var description: String { ending }
}
