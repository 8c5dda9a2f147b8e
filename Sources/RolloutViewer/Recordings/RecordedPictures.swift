/// The pictures of a recording, each drawn when it is asked for: all of them at once would need far
/// more memory than the episodes.
public struct RecordedPictures: RandomAccessCollection, Sendable {
  /// How many of them a second show.
  public let perSecond: Double

  private let recording: Recording
  private let size: PicturePoint
  private let frames: [(episode: Int, view: Int)]

  init(
    of recording: Recording, size: PicturePoint, perSecond: Double,
    frames: [(episode: Int, view: Int)]
  ) {
    self.recording = recording
    self.size = size
    self.perSecond = perSecond
    self.frames = frames
  }

  /// The first picture.
  public var startIndex: Int { 0 }

  /// The place behind the last picture.
  public var endIndex: Int { frames.count }

  /// Draws a picture.
  ///
  /// - Precondition: It is one of the recording.
  public subscript(index: Int) -> Picture {
    let (episode, view) = frames[index]
    return recording.picture(of: recording.episodes[episode][view], size: size)
  }
}
