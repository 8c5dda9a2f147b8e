import Foundation
import TestSupport
import Testing

@testable import RolloutViewer

@Suite("Coverage of pixels")
struct CoverageTests {
  private func covered(
    _ contours: [[PicturePoint]], in area: PixelRectangle
  ) -> [[Float]] {
    var coverage = Coverage()
    coverage.begin(area)
    for contour in contours { coverage.add(contour) }
    var rows: [[Float]] = []
    coverage.forEachRow { rows.append(Array($1)) }
    return rows
  }

  private let area = PixelRectangle(columns: 0..<40, rows: 0..<30)

  private func total(_ contours: [[PicturePoint]]) -> Double {
    covered(contours, in: area).joined().reduce(0) { $0 + Double($1) }
  }

  @Test("A rectangle covers of each pixel what lies within")
  func rectangle() {
    let rectangle = PictureRectangle(x: 1.25, y: 0.5, width: 2, height: 1)
    let rows = covered([rectangle.corners], in: PixelRectangle(columns: 0..<5, rows: 0..<3))
    let expected: [[Float]] = [
      [0, 0.375, 0.5, 0.125, 0], [0, 0.375, 0.5, 0.125, 0], [0, 0, 0, 0, 0],
    ]
    for (row, expectedRow) in zip(rows, expected) {
      for (value, expected) in zip(row, expectedRow) { #expect(abs(value - expected) < 1e-6) }
    }
  }

  @Test("A diagonal cuts pixels into triangles")
  func triangle() {
    let rows = covered(
      [[PicturePoint(0, 0), PicturePoint(2, 2), PicturePoint(0, 2)]],
      in: PixelRectangle(columns: 0..<2, rows: 0..<2))
    for (value, expected) in zip(rows.joined(), [0.5, 0, 1, 0.5] as [Float]) {
      #expect(abs(value - expected) < 1e-6)
    }
  }

  @Test("The area of any triangle is covered, whichever way it turns")
  func anyTriangle() {
    var numbers = SplitMix(seed: 1)
    for _ in 0..<200 {
      let corners = (0..<3).map { _ in
        PicturePoint(40 * numbers.uniform(), 30 * numbers.uniform())
      }
      let (a, b) = (corners[1] - corners[0], corners[2] - corners[0])
      let area = abs(a.x * b.y - a.y * b.x) / 2
      #expect(abs(total([corners]) - area) < 1e-3)
      #expect(abs(total([corners.reversed()]) - area) < 1e-3)
    }
  }

  @Test("A part of the pixels gets what it gets of all")
  func parts() {
    let circle = Outline.circle(center: PicturePoint(17.3, 12.9), radius: 11.7)
    let all = covered([circle], in: area)
    let part = PixelRectangle(columns: 9..<21, rows: 3..<14)
    let rows = covered([circle], in: part)
    for (row, values) in zip(part.rows, rows) {
      for (column, value) in zip(part.columns, values) {
        #expect(abs(value - all[row][column]) < 1e-4)
      }
    }
  }

  @Test("What lies outside of the pixels does no harm")
  func outside() {
    let far = [PicturePoint(-1e5, -1e5), PicturePoint(1e5, -1e5), PicturePoint(0, 1e5)]
    #expect(abs(total([far]) - 40 * 30) < 0.5)
    #expect(total([[PicturePoint(50, 0), PicturePoint(60, 0), PicturePoint(55, 30)]]) == 0)
    #expect(total([[PicturePoint(0, 40), PicturePoint(9, 40), PicturePoint(5, 50)]]) == 0)
  }

  @Test("A circle and a line have their areas")
  func outlines() {
    let circle = Outline.circle(center: PicturePoint(20, 15), radius: 10)
    #expect(abs(total([circle]) - .pi * 100) < 2)
    let line = Outline.stroke([PicturePoint(8, 10), PicturePoint(30, 22)], width: 6)
    let length = (22.0 * 22 + 12 * 12).squareRoot()
    #expect(abs(total([line]) - (6 * length + .pi * 9)) < 1)
  }

  @Test("A line with corners covers nothing twice, and leaves nothing out")
  func corners() {
    let corner = [PicturePoint(8, 8), PicturePoint(30, 8), PicturePoint(30, 24)]
    // Two bars that share a quarter of a square, two round ends, and a round corner.
    let expected: Double = 22 * 4 + 16 * 4 - 4 + 5 * Double.pi
    #expect(abs(total([Outline.stroke(corner, width: 4)]) - expected) < 1)
    // Where a line runs back over itself, pixels at its edge count twice, and no others do.
    let back = [PicturePoint(10, 15), PicturePoint(30, 15), PicturePoint(10, 15)]
    let covered = total([Outline.stroke(back, width: 4)])
    #expect(covered > 79 + 4 * Double.pi && covered < 80 + 4 * Double.pi + 2 * Double.pi)
    #expect(abs(total([Outline.stroke([PicturePoint(9, 9)], width: 4)]) - .pi * 4) < 1)
    #expect(Outline.stroke([], width: 4).isEmpty)
  }

  @Test("A rounded polygon grows by its rounding, whichever way it turns")
  func roundedPolygon() {
    let square = PictureRectangle(x: 10, y: 8, width: 12, height: 10).corners
    let expected = 120 + 88 + 4 * Double.pi
    for corners in [square, square.reversed()] {
      #expect(abs(total(Outline.polygon(corners, rounding: 2)) - expected) < 1)
    }
  }
}
