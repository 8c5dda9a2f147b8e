import Testing

@testable import Drawing

@Suite("A whole number of a floating one")
struct WholeNumberTests {
  @Test("lies within its bounds, whatever the number is")
  func isBounded() {
    let numbers: [(Double, Int)] = [
      (2.4, 2), (2.5, 3), (-7, -7), (1e300, 100), (-1e300, -100), (.infinity, 100),
      (-.infinity, -100), (.nan, -100), (.leastNonzeroMagnitude, 0), (100.4, 100),
    ]
    for (number, whole) in numbers { #expect(Int(number, within: -100...100) == whole) }
    #expect(Int(2.1, within: 0...9, rounded: .up) == 3)
    #expect(Int(2.9, within: 0...9, rounded: .down) == 2)
    #expect(Int(Float.nan, within: 1...9) == 1)
    #expect(Int(1e19, within: 0...Int.max) == Int.max)
    #expect(Int(-1e19, within: Int.min...0) == Int.min)
  }
}

@Suite("Text of an SVG file")
struct SVGTextTests {
  @Test("has short numbers that every renderer can read")
  func numbers() {
    #expect(SVG.number(12.346, digits: 2) == "12.35")
    #expect(SVG.number(-0.05, digits: 2) == "-0.05")
    #expect(SVG.number(7.104, digits: 2) == "7.1")
    #expect(SVG.number(12, digits: 2) == "12")
    #expect(SVG.number(-0.001, digits: 2) == "0")
    #expect(SVG.number(.nan, digits: 1) == "0")
    #expect(SVG.number(-.infinity, digits: 1) == "-1000000")
    #expect(SVG.number(1.7e308, digits: 2) == "1000000")
  }

  @Test("has no character that XML forbids")
  func characters() {
    let odd = "a<b & \"c\">\u{1}\u{FFFE}\u{FFFF}\u{1FFFF}\u{9B}d\ne"
    #expect(SVG.text(odd) == "a&lt;b &amp; &quot;c&quot;&gt;d e")
    #expect(SVG.text("Größe ü 界 🎲") == "Größe ü 界 🎲")
  }
}
