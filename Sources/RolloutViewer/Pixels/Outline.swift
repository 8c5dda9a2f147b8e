import Drawing
import Foundation

/// Closed contours around the shapes that are filled, all turning the same way where they belong to
/// one shape.
enum Outline {
  /// How far a polygon may be from the circle that it stands for, in pixels.
  private static let tolerance = 0.03

  /// A polygon that stands for a circle.
  static func circle(center: PicturePoint, radius: Double) -> [PicturePoint] {
    arc(center: center, radius: radius, from: 2 * .pi, to: 0)
  }

  /// The contours of a polygon that is grown by `rounding` on all sides.
  static func polygon(_ points: [PicturePoint], rounding: Double) -> [[PicturePoint]] {
    guard rounding > 0, let first = points.first else { return [points] }
    // Both contours turn the same way, or they would cancel where they overlap.
    let inside = area(of: points) > 0 ? points.reversed() : points
    return [
      inside, stroke(points + [first, points[points.count > 1 ? 1 : 0]], width: 2 * rounding),
    ]
  }

  /// The area of a polygon, negative if it turns as strokes do.
  private static func area(of points: [PicturePoint]) -> Double {
    zip(points, points.dropFirst() + points.prefix(1)).reduce(0) { area, edge in
      area + (edge.0.x * edge.1.y - edge.0.y * edge.1.x) / 2
    }
  }

  /// The contour of a connected line with round ends and corners.
  static func stroke(_ points: [PicturePoint], width: Double) -> [PicturePoint] {
    let line = withoutRepetitions(points)
    guard let first = line.first, let last = line.last else { return [] }
    if line.count == 1 { return circle(center: first, radius: width / 2) }
    let radius = width / 2
    let forwards = side(of: line, radius: radius)
    let backwards = side(of: line.reversed(), radius: radius)
    let end = cap(at: last, after: line[line.count - 2], radius: radius)
    let start = cap(at: first, after: line[1], radius: radius)
    return forwards + end + backwards + start
  }

  /// The points at the right of a line that one walks along, its ends left out.
  private static func side(of line: [PicturePoint], radius: Double) -> [PicturePoint] {
    var points: [PicturePoint] = []
    for index in 1..<max(line.count - 1, 1) {
      let before = direction(from: line[index - 1], to: line[index])
      let after = direction(from: line[index], to: line[index + 1])
      points += corner(at: line[index], before, after, radius: radius)
    }
    return points
  }

  private static func corner(
    at point: PicturePoint, _ before: PicturePoint, _ after: PicturePoint, radius: Double
  ) -> [PicturePoint] {
    let (start, end) = (normal(to: before), normal(to: after))
    let cosine = dot(before, after)
    if cosine > 0.8 {
      // A gentle bend: where the two sides meet.
      return [point + radius * (start + end) / (1 + cosine)]
    }
    let turn = before.x * after.y - before.y * after.x
    if turn > 0 { return [point + radius * start, point, point + radius * end] }
    let angle = atan2(start.y, start.x)
    return arc(
      center: point, radius: radius, from: angle, to: angle - acos(min(max(cosine, -1), 1)))
  }

  /// The half circle around the end of a line.
  private static func cap(
    at end: PicturePoint, after previous: PicturePoint, radius: Double
  ) -> [PicturePoint] {
    let normal = normal(to: direction(from: previous, to: end))
    let angle = atan2(normal.y, normal.x)
    return arc(center: end, radius: radius, from: angle, to: angle - .pi)
  }

  private static func arc(
    center: PicturePoint, radius: Double, from start: Double, to end: Double
  ) -> [PicturePoint] {
    guard radius > 0 else { return [center] }
    let step = 2 * acos(max(0, 1 - min(1, tolerance / radius)))
    let parts = Int(abs(end - start) / step, within: 2...1000, rounded: .up)
    return (0...parts).map { part in
      let angle = start + (end - start) * Double(part) / Double(parts)
      return center + radius * PicturePoint(cos(angle), sin(angle))
    }
  }

  private static func withoutRepetitions(_ points: [PicturePoint]) -> [PicturePoint] {
    var line: [PicturePoint] = []
    for point in points where line.last.map({ distance(from: $0, to: point) > 1e-6 }) ?? true {
      line.append(point)
    }
    return line
  }

  private static func direction(from start: PicturePoint, to end: PicturePoint) -> PicturePoint {
    (end - start) / distance(from: start, to: end)
  }

  private static func distance(from start: PicturePoint, to end: PicturePoint) -> Double {
    dot(end - start, end - start).squareRoot()
  }

  private static func dot(_ first: PicturePoint, _ second: PicturePoint) -> Double {
    (first * second).sum()
  }

  /// A quarter turn from a direction.
  private static func normal(to direction: PicturePoint) -> PicturePoint {
    PicturePoint(-direction.y, direction.x)
  }
}
