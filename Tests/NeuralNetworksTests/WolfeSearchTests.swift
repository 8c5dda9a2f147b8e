import Testing

@testable import NeuralNetworks

@Suite("The search of Wolfe")
struct WolfeSearchTests {
  /// A function of the step, with its slope.
  struct Function: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let value: @Sendable (Double) -> Double
    let slope: @Sendable (Double) -> Double
  }

  static let functions = [
    Function(testDescription: "a parabola") {
      ($0 - 1) * ($0 - 1)
    } slope: {
      2 * ($0 - 1)
    },
    Function(testDescription: "a far parabola") {
      1e-4 * ($0 - 900) * ($0 - 900)
    } slope: {
      2e-4 * ($0 - 900)
    },
    Function(testDescription: "a quartic with a hump") {
      (($0 - 2) * ($0 - 2) - 1) * ($0 - 3) * ($0 - 3) + $0
    } slope: {
      2 * ($0 - 2) * ($0 - 3) * ($0 - 3) + 2 * (($0 - 2) * ($0 - 2) - 1) * ($0 - 3) + 1
    },
    // Moré and Thuente's first function, flat far away.
    Function(testDescription: "−t / (t² + 2)") {
      -$0 / ($0 * $0 + 2)
    } slope: {
      ($0 * $0 - 2) / (($0 * $0 + 2) * ($0 * $0 + 2))
    },
    Function(testDescription: "a wall") {
      $0 < 1.5 ? -$0 + 1 / (1.5 - $0) : .nan
    } slope: {
      $0 < 1.5 ? -1 + 1 / ((1.5 - $0) * (1.5 - $0)) : .nan
    },
  ]

  @Test("A step that it returns meets both conditions", arguments: functions)
  func conditionsAreMet(_ function: Function) {
    for first in [1e-3, 0.1, 1, 10, 1e3] {
      var evaluated: [Double] = []
      let start = WolfeSearch.Point(step: 0, value: function.value(0), slope: function.slope(0))
      var search = WolfeSearch(start: start, smallestBracket: 1e-12)
      let found = search.run(first: first) { step in
        evaluated.append(step)
        return .init(step: step, value: function.value(step), slope: function.slope(step))
      }
      #expect(found.value <= start.value + 1e-4 * found.step * start.slope, "from \(first)")
      #expect(abs(found.slope) <= 0.9 * abs(start.slope), "from \(first)")
      #expect(evaluated.last == found.step && evaluated.count <= 26)
    }
  }

  @Test("A function that falls for ever is followed no further than 25 evaluations")
  func endlessFallIsLeft() {
    var count = 0
    var search = WolfeSearch(
      start: .init(step: 0, value: 0, slope: -1), smallestBracket: 1e-12)
    let found = search.run(first: 1) { step in
      count += 1
      return .init(step: step, value: -step, slope: -1)
    }
    #expect(count == 25)
    #expect(found.step > 1e6)
  }
}
