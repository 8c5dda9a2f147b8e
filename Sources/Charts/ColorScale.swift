import Drawing

/// Colours from dark to light for numbers from 0 to 1, whose lightness grows evenly, so that they can be
/// ordered in print and by people who are colour-blind.
///
/// Source: *viridis*, by van der Walt and Smith, <https://bids.github.io/colormap/>, without its lightest
/// yellow, which cannot be seen on white; here the best are dark.
enum ColorScale {
  private static let stops: [(red: Double, green: Double, blue: Double)] = [
    (180, 222, 44), (109, 205, 89), (53, 183, 121), (31, 158, 137), (38, 130, 142),
    (49, 104, 142), (62, 73, 137), (68, 1, 84),
  ]

  /// The colour of a number from 0, the worst, to 1.
  static func color(_ part: Double) -> String {
    let place = part.bounded(by: 0...1) * Double(stops.count - 1)
    let first = Int(place, within: 0...stops.count - 2, rounded: .down)
    let rest = place - Double(first)
    func channel(_ path: KeyPath<(red: Double, green: Double, blue: Double), Double>) -> String {
      let value = stops[first][keyPath: path] * (1 - rest) + stops[first + 1][keyPath: path] * rest
      let text = String(Int(value, within: 0...255), radix: 16)
      return text.count < 2 ? "0" + text : text
    }
    return "#" + channel(\.red) + channel(\.green) + channel(\.blue)
  }
}
