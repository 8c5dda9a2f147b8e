import Requirements

/// A colour of the usual red, green and blue, which may let through what is behind it.
public struct Color: Sendable, Hashable {
  /// Red, green and blue as `0xRRGGBB`.
  public let code: UInt32
  /// How much of what is behind is covered, from 0 to 1.
  public let opacity: Double

  /// Makes a colour.
  ///
  /// - Precondition: The opacity is from 0 to 1.
  public init(_ code: UInt32, opacity: Double = 1) {
    require(0...1 ~= opacity, "The opacity of a colour is \(opacity), not from 0 to 1.")
    self.code = code & 0xFF_FFFF
    self.opacity = opacity
  }

  /// The same colour, thinner.
  public func faded(to opacity: Double) -> Color { Color(code, opacity: opacity) }

  /// The colour as a style sheet writes it: `#2f5d8c`.
  var hexadecimal: String {
    let digits = String(code, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
