import Drawing

/// A rectangle of whole pixels.
public struct PixelRectangle: Sendable, Hashable {
  /// The columns.
  public var columns: Range<Int>
  /// The rows, from the top.
  public var rows: Range<Int>

  /// No canvas is larger.
  static let bounds = -1_000_000...1_000_000

  init(columns: Range<Int>, rows: Range<Int>) {
    self.columns = columns
    self.rows = rows
  }

  /// The pixels that a rectangle touches.
  init(touching rectangle: PictureRectangle) {
    func range(_ start: Double, _ end: Double) -> Range<Int> {
      let first = Int(start, within: Self.bounds, rounded: .down)
      let last = Int(end, within: Self.bounds, rounded: .up)
      return first..<max(first, last)
    }
    columns = range(rectangle.left, rectangle.right)
    rows = range(rectangle.top, rectangle.bottom)
  }

  var isEmpty: Bool { columns.isEmpty || rows.isEmpty }
  var area: Int { columns.count * rows.count }

  func intersection(with other: PixelRectangle) -> PixelRectangle {
    PixelRectangle(
      columns: columns.clamped(to: other.columns), rows: rows.clamped(to: other.rows))
  }

  func union(with other: PixelRectangle) -> PixelRectangle {
    func union(_ first: Range<Int>, _ second: Range<Int>) -> Range<Int> {
      min(first.lowerBound, second.lowerBound)..<max(first.upperBound, second.upperBound)
    }
    return PixelRectangle(
      columns: union(columns, other.columns), rows: union(rows, other.rows))
  }
}

/// Some rectangles that do not overlap: what of a picture is to be drawn again.
struct DirtyRegion {
  private(set) var rectangles: [PixelRectangle] = []

  /// Adds a rectangle, and joins those that would be drawn twice otherwise.
  mutating func add(_ rectangle: PixelRectangle) {
    if rectangle.isEmpty { return }
    var joined = rectangle
    while let index = rectangles.firstIndex(where: { isJoinable($0, joined) }) {
      joined = joined.union(with: rectangles.remove(at: index))
    }
    rectangles.append(joined)
  }

  private func isJoinable(_ first: PixelRectangle, _ second: PixelRectangle) -> Bool {
    !first.intersection(with: second).isEmpty
      || first.union(with: second).area <= first.area + second.area
  }
}
