import ControlEnvironments
import EnvironmentKit
import Testing

@testable import RolloutViewer

@Suite("The font")
struct StrokeFontTests {
  @Test("There is a letter for every sign of this alphabet")
  func alphabet() {
    let needed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:;!?%+−-–×·/()[]"
    for character in needed { #expect(StrokeFont.glyphs[character] != nil, "\(character)") }
    for name in EnvironmentRegistry.builtIn.names {
      for character in name { #expect(StrokeFont.glyphs[character] != nil, "\(name)") }
    }
    for line in KeyBinding.all {
      for character in line.keys + line.meaning where character != " " {
        #expect(StrokeFont.glyphs[character] != nil, "\(character)")
      }
    }
  }

  @Test("No two letters look the same")
  func distinct() {
    let dashes: Set<Character> = ["–", "−"]
    let notations = StrokeFont.glyphs.filter { !dashes.contains($0.key) }.values
    #expect(Set(notations).count == notations.count)
  }

  @Test("All digits are of one width, so that counters do not tremble")
  func digits() {
    let widths = "0123456789".map { StrokeFont.width(of: "\($0)5", size: 10) }
    #expect(Set(widths).count == 1)
  }

  @Test(
    "A text lies within its bounds, at its anchor", arguments: [Mark.Anchor.start, .middle, .end])
  func bounds(anchor: Mark.Anchor) {
    let place = PicturePoint(100, 50)
    let text = "Quick brown fox, 9.5 %"
    let bounds = StrokeFont.bounds(of: text, at: place, size: 12, anchor: anchor, isBold: false)
    let points = StrokeFont.lines(of: text, at: place, size: 12, anchor: anchor).joined()
    #expect(points.allSatisfy { bounds.left <= $0.x && $0.x <= bounds.right })
    #expect(points.allSatisfy { bounds.top <= $0.y && $0.y <= bounds.bottom })
    let width = StrokeFont.width(of: text, size: 12)
    let before: Double = anchor == .start ? 0 : anchor == .middle ? width / 2 : width
    #expect(abs(bounds.left - (100 - before)) < 1.1)
  }

  @Test("A space is empty, and an unknown sign is a box")
  func otherSigns() {
    #expect(StrokeFont.lines(of: "  ", at: .zero, size: 10, anchor: .start).isEmpty)
    #expect(StrokeFont.lines(of: "漢", at: .zero, size: 10, anchor: .start).count == 1)
  }

  @Test(
    "Numbers are short",
    arguments: [
      (0, "0"), (12.345, "12.3"), (1.5, "1.50"), (-0.0123, "−0.0123"), (12345.6, "12346"),
      (1.2e9, "1.2e+09"), (.nan, "none"),
    ] as [(Double, String)])
  func numbers(number: Double, text: String) {
    #expect(brief(number) == text)
    #expect(
      twoDigits(2.4e-7) == "0.00" && twoDigits(-0.004) == "0.00" && twoDigits(-1.5) == "−1.50")
  }
}
