import EnvironmentKit
import RandomStreams
import Testing

@Suite("Random actions for many environments")
struct BatchSamplingTests {
  private func actions(_ space: ActionSpace, rows: Int, seed: UInt64 = 1) -> [[Float]] {
    let width = space.componentCount
    var numbers = [Float](repeating: .nan, count: rows * width)
    var stream = RandomStream(seed: seed, purpose: .action, index: 0)
    numbers.withUnsafeMutableBufferPointer { space.sample(into: $0, using: &stream) }
    return stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
  }

  @Test("Choices are equally likely", arguments: [1, 2, 3, 7])
  func choices(count: Int) {
    var seen = [Int](repeating: 0, count: count)
    for action in actions(.discrete(count: count), rows: 21_001) { seen[Int(action[0])] += 1 }
    let expected = 21_001 / Double(count)
    #expect(seen.allSatisfy { abs(Double($0) - expected) <= 5 * expected.squareRoot() }, "\(seen)")
  }

  @Test("Several choices are independent of each other")
  func independentChoices() {
    var seen: [[Float]: Int] = [:]
    for action in actions(.multiDiscrete(counts: [2, 3]), rows: 6_000) {
      seen[action, default: 0] += 1
    }
    #expect(seen.count == 6 && seen.values.allSatisfy { abs($0 - 1_000) < 160 }, "\(seen)")
  }

  @Test("Numbers fill their bounds evenly, and those without bounds go beyond any")
  func numbers() {
    let bounded = actions(.box(BoxSpace(lowest: [-2, 3], highest: [2, 4])), rows: 4_000)
    #expect(bounded.allSatisfy { abs($0[0]) <= 2 && $0[1] >= 3 && $0[1] <= 4 })
    #expect(abs(bounded.map { $0[0] }.reduce(0, +) / 4_000) < 0.1)
    #expect(abs(bounded.map { $0[1] }.reduce(0, +) / 4_000 - 3.5) < 0.03)
    let quarters = (0..<4).map { part in bounded.count { Int(($0[0] + 2).rounded(.down)) == part } }
    #expect(quarters.allSatisfy { abs($0 - 1_000) < 150 }, "\(quarters)")
    let free = actions(.box(BoxSpace(symmetric: [.infinity])), rows: 2_000).map { $0[0] }
    #expect(free.contains { $0 > 2 } && free.contains { $0 < -2 })
  }

  @Test("Other seeds give other actions; the same ones go on where they stopped")
  func repeats() {
    let space = ActionSpace.discrete(count: 2)
    #expect(actions(space, rows: 3_000) == actions(space, rows: 3_000))
    #expect(actions(space, rows: 64) != actions(space, rows: 64, seed: 2))
    #expect(Array(actions(space, rows: 3_000).prefix(64)) == actions(space, rows: 64))
  }

  @Test("A count that is no whole number of actions is refused")
  func refusesParts() async {
    await #expect(processExitsWith: .failure) {
      var numbers = [Float](repeating: 0, count: 3)
      var stream = RandomStream(seed: 1, purpose: .action, index: 0)
      numbers.withUnsafeMutableBufferPointer {
        ActionSpace.multiDiscrete(counts: [2, 2]).sample(into: $0, using: &stream)
      }
    }
  }
}

@Suite("Rows whose episode ended")
struct EndedRowsTests {
  @Test("Are those that terminated or were cut off, in order", arguments: [1, 7, 8, 9, 40])
  func findsEnds(count: Int) {
    let environments = VectorEnvironment(Countdown(timeLimit: 5), count: count, seed: 3)
    let arrays = StepArrays(for: environments)
    var ends = 0
    for step in 0..<30 {
      arrays.drawActions(for: environments.base, step: step)
      environments.step(0..<count, through: arrays.buffers())
      let expected = (0..<count).filter { arrays.endings[$0] != .none }
      #expect(Array(arrays.endedRows) == expected)
      ends += expected.count
    }
    #expect(ends >= 4 * count)
  }
}
