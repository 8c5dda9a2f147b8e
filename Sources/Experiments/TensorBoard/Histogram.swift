import Drawing
import StoredFiles

/// How some numbers are spread: counts in bins of equal width.
struct Histogram {
  private(set) var lowest = Double.infinity
  private(set) var highest = -Double.infinity
  private(set) var sum = 0.0
  private(set) var squares = 0.0
  private(set) var counts: [Double]
  private(set) var limits: [Double]

  /// The number of bins, that which TensorBoard shows.
  static let binCount = 30

  /// Counts numbers; those that are not finite are left out.
  init(of numbers: Span<Float>) {
    for index in numbers.indices where numbers[index].isFinite {
      let number = numbers[index]
      lowest = min(lowest, Double(number))
      highest = max(highest, Double(number))
    }
    counts = Array(repeating: 0, count: Self.binCount)
    limits = counts
    guard lowest <= highest else { return }
    // Equal numbers lie in a bin that is not empty.
    let width = max((highest - lowest) / Double(Self.binCount), abs(lowest) * 1e-6, 1e-12)
    for bin in limits.indices { limits[bin] = lowest + width * Double(bin + 1) }
    for index in numbers.indices where numbers[index].isFinite {
      let number = numbers[index]
      let place = Int(
        (Double(number) - lowest) / width, within: 0...Self.binCount - 1, rounded: .down)
      counts[place] += 1
      sum += Double(number)
      squares += Double(number) * Double(number)
    }
  }

  /// Whether there was a finite number.
  var isEmpty: Bool { lowest > highest }

  /// The message `HistogramProto`.
  var message: ProtocolMessage {
    var message = ProtocolMessage()
    message.add(1, lowest)
    message.add(2, highest)
    message.add(3, counts.reduce(0, +))
    message.add(4, sum)
    message.add(5, squares)
    message.add(6, limits)
    message.add(7, counts)
    return message
  }
}
