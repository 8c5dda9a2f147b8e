import Drawing
import Requirements

/// Pixels that pictures are drawn on.
public struct Canvas: Sendable {
  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// The colours, row by row from the top, each as `0xFFRRGGBB`.
  public private(set) var pixels: [UInt32]

  private var coverage = Coverage()
  private var drawn: (picture: Picture, areas: [[PixelRectangle]])?

  /// An empty canvas.
  ///
  /// - Precondition: It has at least one pixel.
  public init(width: Int, height: Int) {
    require(
      width > 0 && height > 0,
      "A canvas has at least 1 × 1 pixels, not \(width) × \(height).")
    self.width = width
    self.height = height
    pixels = Array(repeating: 0xFF00_0000, count: width * height)
  }

  /// Draws a picture as large as fits, in the place of the one before.
  ///
  /// Only what differs from the picture before is drawn.
  ///
  /// - Parameter picture: The picture.
  /// - Returns: The parts of the canvas that were drawn.
  @discardableResult
  public mutating func show(_ picture: Picture) -> [PixelRectangle] {
    let scale = scale(of: picture)
    let areas = picture.layers.map { $0.map { pixels(of: $0, scale: scale) } }
    let region = changes(to: picture, areas)
    drawn = (picture, areas)
    for rectangle in region { draw(picture, areas, scale: scale, within: rectangle) }
    return region
  }

  /// Pixels for each point of a picture.
  private func scale(of picture: Picture) -> Double {
    min(Double(width) / picture.size.x, Double(height) / picture.size.y)
  }

  private var all: PixelRectangle { PixelRectangle(columns: 0..<width, rows: 0..<height) }

  /// Where a picture differs from the one before: wherever marks of one rank and layer do.
  private func changes(to new: Picture, _ areas: [[PixelRectangle]]) -> [PixelRectangle] {
    guard let (old, oldAreas) = drawn, old.size == new.size, old.background == new.background else {
      return [all]
    }
    var region = DirtyRegion()
    for layer in 0..<max(old.layers.count, new.layers.count) {
      let counts = [old, new].map { layer < $0.layers.count ? $0.layers[layer].count : 0 }
      for rank in 0..<max(counts[0], counts[1])
      where old.mark(rank, in: layer) != new.mark(rank, in: layer) {
        if rank < counts[0] { region.add(oldAreas[layer][rank]) }
        if rank < counts[1] { region.add(areas[layer][rank]) }
      }
    }
    return region.rectangles
  }

  /// The pixels that a mark may touch.
  private func pixels(of mark: Mark, scale: Double) -> PixelRectangle {
    let bounds = mark.bounds
    return PixelRectangle(
      touching: PictureRectangle(
        x: scale * bounds.left - 1, y: scale * bounds.top - 1, width: scale * bounds.width + 2,
        height: scale * bounds.height + 2)
    ).intersection(with: all)
  }

  private mutating func draw(
    _ picture: Picture, _ areas: [[PixelRectangle]], scale: Double, within rectangle: PixelRectangle
  ) {
    let (ground, width) = (0xFF00_0000 | picture.background.code, width)
    pixels.withUnsafeMutableBufferPointer { pixels in
      for row in rectangle.rows {
        let start = row * width
        pixels[start + rectangle.columns.lowerBound..<start + rectangle.columns.upperBound]
          .update(repeating: ground)
      }
    }
    for (layer, areas) in zip(picture.layers, areas) {
      for (mark, area) in zip(layer, areas) {
        let visible = area.intersection(with: rectangle)
        if !visible.isEmpty { draw(mark, scale: scale, within: visible) }
      }
    }
  }

  private mutating func draw(_ mark: Mark, scale: Double, within rectangle: PixelRectangle) {
    var area = rectangle
    if let clip = mark.clip {
      area = area.intersection(with: PixelRectangle(nearest: clip, scale: scale))
    }
    if area.isEmpty { return }
    coverage.begin(area)
    for contour in contours(of: mark.shape, scale: scale) { coverage.add(contour) }
    blend(mark.color)
  }

  private func contours(of shape: Mark.Shape, scale: Double) -> [[PicturePoint]] {
    switch shape {
    case .polygon(let points, let rounding):
      Outline.polygon(points.map { scale * $0 }, rounding: scale * rounding)
    case .curve(let points, let width):
      [Outline.stroke(points.map { scale * $0 }, width: scale * width)]
    case .disc(let center, let radius):
      [Outline.circle(center: scale * center, radius: scale * radius)]
    case .text(let text, let place, let size, let anchor, let isBold):
      StrokeFont.contours(
        of: text, at: scale * place, size: scale * size, anchor: anchor, isBold: isBold)
    }
  }

  /// Lays a colour over the pixels as far as they are covered.
  private mutating func blend(_ color: Color) {
    let (opacity, code, width) = (Float(color.opacity), color.code, width)
    let first = coverage.area.columns.lowerBound
    pixels.withUnsafeMutableBufferPointer { pixels in
      coverage.forEachRow { row, covered in
        let start = row * width + first
        for column in covered.indices where covered[column] > 0.002 {
          let part = covered[column] * opacity
          let at = start + column
          pixels[at] = part > 0.998 ? 0xFF00_0000 | code : mixed(pixels[at], code, part)
        }
      }
    }
  }
}

extension PixelRectangle {
  /// The pixels of which most lies in a rectangle.
  fileprivate init(nearest rectangle: PictureRectangle, scale: Double) {
    let bounds = Self.bounds
    func range(_ start: Double, _ end: Double) -> Range<Int> {
      let first = Int(scale * start, within: bounds)
      return first..<max(first, Int(scale * end, within: bounds))
    }
    self.init(
      columns: range(rectangle.left, rectangle.right),
      rows: range(rectangle.top, rectangle.bottom))
  }
}

/// A colour with a part of another over it.
private func mixed(_ below: UInt32, _ above: UInt32, _ part: Float) -> UInt32 {
  func channel(_ shift: UInt32) -> UInt32 {
    let low = Float((below >> shift) & 0xFF)
    let high = Float((above >> shift) & 0xFF)
    return UInt32(low + (high - low) * part + 0.5) << shift
  }
  return 0xFF00_0000 | channel(16) | channel(8) | channel(0)
}
