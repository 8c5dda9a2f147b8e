import Drawing

/// How much of each pixel a shape covers, exactly.
///
/// Each edge of a contour adds to a cell what its pixel loses, and to the next what all pixels
/// right of it gain; a running sum along a row then gives the area that is covered. Where contours
/// of one shape overlap, the sum exceeds 1 and is cut off; only
/// pixels at the edge of both count twice.
///
/// SDL's own software renderer does not do: it moves corners to whole pixels.
///
/// Source: Levien, *Inside the fastest font renderer in the world*, 2016,
/// <https://medium.com/@raphlinus/inside-the-fastest-font-renderer-in-the-world-75ae5270c445>.
struct Coverage {
  /// The pixels that are looked at.
  private(set) var area = PixelRectangle(columns: 0..<0, rows: 0..<0)
  private var cells: [Float] = []

  /// Forgets everything and looks at some pixels.
  mutating func begin(_ area: PixelRectangle) {
    self.area = area
    let count = (area.columns.count + CoverageCells.slack) * area.rows.count
    if cells.count < count {
      cells = Array(repeating: 0, count: count)
    } else {
      cells.withUnsafeMutableBufferPointer { $0[..<count].update(repeating: 0) }
    }
  }

  /// Adds a closed contour.
  mutating func add(_ contour: [PicturePoint]) {
    let origin = PicturePoint(Double(area.columns.lowerBound), Double(area.rows.lowerBound))
    guard var start = contour.last.map({ $0 - origin }) else { return }
    let (width, height) = (area.columns.count, area.rows.count)
    cells.withUnsafeMutableBufferPointer { memory in
      let cells = CoverageCells(memory: memory, width: width, height: height)
      for point in contour {
        let end = point - origin
        cells.addEdge(from: start, to: end)
        start = end
      }
    }
  }

  /// Calls `body` with each row of pixels: its number and how much of each pixel is covered.
  mutating func forEachRow(_ body: (Int, UnsafeBufferPointer<Float>) -> Void) {
    let (width, rows) = (area.columns.count, area.rows)
    cells.withUnsafeMutableBufferPointer { cells in
      for row in rows {
        let start = (row - rows.lowerBound) * (width + CoverageCells.slack)
        var sum: Float = 0
        for column in start..<start + width {
          sum += cells[column]
          cells[column] = min(abs(sum), 1)
        }
        body(row, UnsafeBufferPointer(rebasing: cells[start..<start + width]))
      }
    }
  }
}

/// The cells of a ``Coverage``, while edges are added to them.
private struct CoverageCells {
  /// How many cells more than pixels a row has; they take what falls right of the last pixel.
  static let slack = 2

  let memory: UnsafeMutableBufferPointer<Float>
  let width: Int
  let height: Int

  /// Adds an edge, cut where it leaves the area.
  func addEdge(from start: PicturePoint, to end: PicturePoint) {
    if start.y == end.y { return }
    let direction: Float = start.y < end.y ? 1 : -1
    var (upper, lower) = start.y < end.y ? (start, end) : (end, start)
    if lower.y <= 0 || upper.y >= Double(height) { return }
    let slope = (lower.x - upper.x) / (lower.y - upper.y)
    if upper.y < 0 { upper = PicturePoint(upper.x - slope * upper.y, 0) }
    if lower.y > Double(height) {
      lower = PicturePoint(lower.x - slope * (lower.y - Double(height)), Double(height))
    }
    var cuts = [upper.y, lower.y]
    for border in [0, Double(width)] where (upper.x < border) != (lower.x < border) {
      cuts.append(min(max(upper.y + (border - upper.x) / slope, upper.y), lower.y))
    }
    cuts.sort()
    for (top, bottom) in zip(cuts, cuts.dropFirst()) where top < bottom {
      // What lies beyond a side counts at that side.
      func x(_ y: Double) -> Float {
        Float((upper.x + slope * (y - upper.y)).bounded(by: 0...Double(width)))
      }
      addInside(
        x: x(top), y: Float(top), toX: x(bottom), y: Float(bottom), direction: direction)
    }
  }

  /// Adds an edge that lies within the area, row by row.
  private func addInside(
    x start: Float, y top: Float, toX end: Float, y bottom: Float, direction: Float
  ) {
    // Two heights can be the same in single precision.
    guard top < bottom else { return }
    let slope = (end - start) / (bottom - top)
    let lowest = min(start, end)
    let highest = max(start, end)
    var x = start
    for row in Int(top)..<min(height, Int(bottom.rounded(.up))) {
      let step = min(Float(row + 1), bottom) - max(Float(row), top)
      let next = min(max(x + slope * step, lowest), highest)
      addToRow(row, from: min(x, next), to: max(x, next), cover: direction * step)
      x = next
    }
  }

  /// Adds what an edge covers of a row that it crosses from `left` to `right`.
  private func addToRow(_ row: Int, from left: Float, to right: Float, cover: Float) {
    let first = Int(left)
    let last = Int(right)
    let base = row * (width + Self.slack)
    if first == last {
      let part = (left + right) / 2 - Float(first)
      memory[base + first] += cover * (1 - part)
      memory[base + first + 1] += cover * part
      return
    }
    let perColumn = cover / (right - left)
    var before: Float = 0
    for column in first...last {
      // The part of the edge in this column, and how far right of its left side it is on average.
      let start = max(left, Float(column)) - Float(column)
      let end = min(right, Float(column + 1)) - Float(column)
      let part = perColumn * (end - start)
      let inside = part * (1 - (start + end) / 2)
      memory[base + column] += before + inside
      before = part - inside
    }
    memory[base + last + 1] += before
  }
}
