import EnvironmentKit
import Foundation
import RandomStreams
import Testing

/// Steps of an environment that Gymnasium took, read from `Tests/Fixtures/Gymnasium`.
struct GymnasiumRecording {
  /// One step: the state before, the action, and all that came of it.
  struct Step {
    var episode: Int
    var index: Int
    var state: [Double]
    var action: [Float]
    var observation: [Float]
    var reward: Double
    var terminated: Bool
    var truncated: Bool
  }

  let name: String
  let steps: [Step]

  /// Reads the recording of an environment.
  init(of name: String) throws {
    self.name = name
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let file = folder.appending(path: "../Fixtures/Gymnasium/\(name).csv").standardizedFileURL
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let header = try #require(lines.first).split(separator: ",").map(String.init)
    steps = try lines.dropFirst().map { try Step(columns: header, row: $0) }
    #expect(steps.count > 900, "the recording of \(name) is shorter than those that were made")
  }

  /// The steps, cut into episodes.
  var episodes: [[Step]] {
    Dictionary(grouping: steps, by: \.episode).sorted { $0.key < $1.key }.map(\.value)
  }
}

extension GymnasiumRecording.Step {
  init(columns: [String], row: Substring) throws {
    let cells = row.split(separator: ",", omittingEmptySubsequences: false)
    try #require(cells.count == columns.count, "\(cells.count) cells in: \(row)")
    let numbers = try cells.map { try #require(Double($0), "'\($0)' is not a number") }
    func all(_ prefix: String) -> [Double] {
      zip(columns, numbers).filter { $0.0.hasPrefix(prefix) }.map(\.1)
    }
    func one(_ name: String) throws -> Double {
      numbers[try #require(columns.firstIndex(of: name), "there is no column \(name)")]
    }
    self.init(
      episode: Int(try one("episode")), index: Int(try one("step")), state: all("state"),
      action: all("action").map { Float($0) }, observation: all("obs").map { Float($0) },
      reward: try one("reward"), terminated: try one("terminated") == 1,
      truncated: try one("truncated") == 1)
  }
}

extension Environment {
  /// Takes one step, without a vectoriser around it.
  func step(_ state: inout State, action: [Float]) -> Outcome {
    var generator = RandomStream(seed: 0, purpose: .other, index: 0)
    return step(&state, action: action.span, using: &generator)
  }

  /// The observation of a state.
  func observation(of state: State) -> [Float] {
    var numbers = [Float](repeating: .nan, count: observationSpace.count)
    var span = numbers.mutableSpan
    observe(state, into: &span)
    return numbers
  }
}

/// The largest difference between two lists; infinite if their counts differ or a number is NaN.
func largestDifference<Number: BinaryFloatingPoint>(_ first: [Number], _ second: [Number]) -> Number
{
  guard first.count == second.count else { return .infinity }
  return zip(first, second).reduce(0) { largest, pair in
    let difference = abs(pair.0 - pair.1)
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}
