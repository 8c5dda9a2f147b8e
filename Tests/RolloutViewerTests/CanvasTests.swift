import TestSupport
import Testing

@testable import RolloutViewer

@Suite("The canvas")
struct CanvasTests {
  private let size = PicturePoint(120, 80)

  private func picture(_ marks: [Mark]) -> Picture {
    Picture(size: size, background: Color(0xFFFFFF), layers: [marks])
  }

  private func randomMark(_ numbers: inout SplitMix) -> Mark {
    func place() -> PicturePoint { PicturePoint(130 * numbers.uniform(), 90 * numbers.uniform()) }
    let color = Color(UInt32(numbers.uniform() * 0xFFFFFF), opacity: 0.5 + numbers.uniform() / 2)
    let clip = numbers.uniform() < 0.2 ? PictureRectangle(x: 20, y: 10, width: 60, height: 40) : nil
    let shape: Mark.Shape =
      switch Int(4 * numbers.uniform()) {
      case 0: .polygon([place(), place(), place()], rounding: 1)
      case 1: .curve([place(), place(), place()], width: 3)
      case 2: .disc(center: place(), radius: 9)
      default: .text("a 7.g", place: place(), size: 14, anchor: .middle, isBold: true)
      }
    return Mark(shape, color, clip: clip)
  }

  @Test("Drawing what has changed gives what drawing all gives")
  func changes() {
    var numbers = SplitMix(seed: 3)
    var canvas = Canvas(width: 240, height: 160)
    var marks = (0..<8).map { _ in randomMark(&numbers) }
    for round in 0..<60 {
      marks[round % 8] = randomMark(&numbers)
      if round % 10 == 9 { marks.append(randomMark(&numbers)) }
      if round % 15 == 14 { marks.removeFirst() }
      canvas.show(picture(marks))
      var fresh = Canvas(width: 240, height: 160)
      fresh.show(picture(marks))
      let worst = zip(canvas.pixels, fresh.pixels).map { difference($0, $1) }.max()
      #expect((worst ?? 0) <= 1, "round \(round)")
    }
  }

  @Test("Nothing is drawn where nothing has changed, and little where little has")
  func economy() {
    var canvas = Canvas(width: 240, height: 160)
    let fixed = Mark.rectangle(
      PictureRectangle(x: 0, y: 0, width: 100, height: 60), Color(0x112233))
    func moved(_ x: Double) -> Picture {
      picture([fixed, Mark(.disc(center: PicturePoint(x, 30), radius: 3), Color(0xFF0000))])
    }
    #expect(canvas.show(moved(20)).map(\.area) == [240 * 160])
    #expect(canvas.show(moved(20)).isEmpty)
    let drawn = canvas.show(moved(22))
    #expect(drawn.count == 1)
    #expect(drawn.map(\.area).reduce(0, +) < 500)
    // Far apart the old place and the new are drawn, and nothing between.
    #expect(canvas.show(moved(100)).count == 2)
  }

  @Test("A picture fills as much of the canvas as fits, with nothing mixed in")
  func scale() {
    var canvas = Canvas(width: 240, height: 160)
    canvas.show(
      picture([.rectangle(PictureRectangle(x: 0, y: 0, width: 60, height: 80), Color(0x204060))]))
    #expect(canvas.pixels[0] == 0xFF20_4060)
    #expect(canvas.pixels[159 * 240 + 119] == 0xFF20_4060)
    #expect(canvas.pixels[120] == 0xFFFF_FFFF)
  }

  @Test("A colour that lets through is mixed with what is behind")
  func opacity() {
    var canvas = Canvas(width: 12, height: 8)
    let all = PictureRectangle(x: 0, y: 0, width: 120, height: 80)
    canvas.show(picture([.rectangle(all, Color(0x000000, opacity: 0.25))]))
    #expect(canvas.pixels.allSatisfy { difference($0, 0xFFBF_BFBF) <= 1 })
  }

  @Test("What lies outside of a clip does not show")
  func clip() {
    var canvas = Canvas(width: 120, height: 80)
    let clip = PictureRectangle(x: 30, y: 20, width: 10, height: 10)
    canvas.show(
      picture([Mark(.disc(center: clip.middle, radius: 30), Color(0x000000), clip: clip)]))
    #expect(canvas.pixels.count { $0 == 0xFF00_0000 } == 100)
  }
}

/// The largest difference between two colours in one of the channels.
func difference(_ first: UInt32, _ second: UInt32) -> Int {
  [0, 8, 16].map { shift in
    abs(Int((first >> shift) & 0xFF) - Int((second >> shift) & 0xFF))
  }.max() ?? 0
}
