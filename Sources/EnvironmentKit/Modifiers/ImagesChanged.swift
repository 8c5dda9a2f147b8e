import RandomStreams
import Requirements

/// An environment whose images are made grey or smaller; all other parts stay as they are.
///
/// Images are parts of three axes, `[height, width, channels]`. Where they are bytes, results are
/// rounded to whole numbers.
public struct ImagesChanged<Base: Environment>: ModifiedEnvironment {
  /// What happens to an image.
  public enum Change: Sendable, Hashable {
    /// Red, green and blue become their luminance, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
    case grey
    /// Each pixel becomes the mean of the area that it covers.
    case resized(height: Int, width: Int)
  }

  /// The state of the base.
  public typealias State = Base.State

  /// The environment that is modified.
  public let base: Base
  /// What happens to images.
  public let change: Change
  /// The parts of the base with changed images.
  public let observationLayout: ObservationLayout
  /// The bounds of the changed observation.
  public let observationSpace: BoxSpace
  private let pairs: [(from: ObservationLayout.Part, to: ObservationLayout.Part)]

  /// Changes images; see ``Environment/withGreyImages()`` and
  /// ``Environment/resizingImages(height:width:)``.
  public init(_ base: Base, _ change: Change) {
    let parts = base.observationLayout.parts
    require(
      parts.contains { $0.shape.count == 3 },
      "\(base.name) observes no image, a part of the axes height, width and channels.")
    observationLayout = ObservationLayout(parts.map { change.part($0) })
    observationSpace = observationLayout.space
    pairs = zip(parts, observationLayout.parts).map { ($0, $1) }
    self.base = base
    self.change = change
  }

  /// Writes the base's observation with changed images.
  public func observe(_ state: Base.State, into observation: inout MutableSpan<Float>) {
    let count = base.observationSpace.count
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { numbers in
      numbers.initialize(repeating: 0)
      var span = numbers.mutableSpan
      base.observe(state, into: &span)
      for (from, to) in pairs {
        let image = UnsafeBufferPointer(rebasing: numbers[from.range])
        for index in 0..<to.count {
          let number = change.number(index, of: image, from, to)
          observation[to.offset + index] = to.element == .uint8 ? number.rounded() : number
        }
      }
    }
  }
}

extension ImagesChanged.Change {
  /// The part of which an image is made; others stay as they are.
  fileprivate func part(_ part: ObservationLayout.Part) -> ObservationLayout.Part {
    guard part.shape.count == 3 else { return part }
    let shape: [Int]
    switch self {
    case .grey:
      require(
        part.shape[2] == 3,
        "An image of \(part.shape[2]) channels has no red, green and blue to be made grey.")
      shape = [part.shape[0], part.shape[1], 1]
    case .resized(let height, let width):
      require(
        1...part.shape[0] ~= height && 1...part.shape[1] ~= width,
        """
        An image of \(part.shape[0]) × \(part.shape[1]) pixels cannot be made smaller to \
        \(height) × \(width).
        """)
      shape = [height, width, part.shape[2]]
    }
    return ObservationLayout.Part(
      part.name, shape: shape, element: part.element, lowest: part.space.lowest.min() ?? 0,
      highest: part.space.highest.max() ?? 0)
  }

  /// A number of a changed image.
  fileprivate func number(
    _ index: Int, of image: UnsafeBufferPointer<Float>, _ from: ObservationLayout.Part,
    _ to: ObservationLayout.Part
  ) -> Float {
    guard from.shape.count == 3 else { return image[index] }
    switch self {
    case .grey:
      return 0.299 * image[3 * index] + 0.587 * image[3 * index + 1] + 0.114 * image[3 * index + 2]
    case .resized(let height, let width):
      let (channels, wide) = (from.shape[2], from.shape[1])
      let (pixel, channel) = index.quotientAndRemainder(dividingBy: channels)
      let rows = Cover(pixel / width, of: height, over: from.shape[0])
      let columns = Cover(pixel % width, of: width, over: wide)
      var sum: Float = 0
      for row in rows.range {
        for column in columns.range {
          sum += rows[row] * columns[column] * image[(row * wide + column) * channels + channel]
        }
      }
      return sum
    }
  }
}

/// The pixels along one axis that a pixel of a smaller image covers, and their parts of it.
private struct Cover {
  let range: Range<Int>
  private let first: Float
  private let end: Float

  init(_ index: Int, of count: Int, over larger: Int) {
    let scale = Float(larger) / Float(count)
    first = Float(index) * scale
    end = index == count - 1 ? Float(larger) : first + scale
    range = Int(first)..<min(Int(end.rounded(.up)), larger)
  }

  subscript(index: Int) -> Float {
    (min(end, Float(index + 1)) - max(first, Float(index))) / (end - first)
  }
}

extension Environment {
  /// The same environment, observed in shades of grey.
  ///
  /// - Precondition: It observes an image of three channels.
  public func withGreyImages() -> ImagesChanged<Self> { ImagesChanged(self, .grey) }

  /// The same environment, whose images are made smaller by area.
  ///
  /// - Precondition: It observes an image that is at least as large.
  public func resizingImages(height: Int, width: Int) -> ImagesChanged<Self> {
    ImagesChanged(self, .resized(height: height, width: width))
  }
}
