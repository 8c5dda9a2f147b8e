import EnvironmentKit
import RandomStreams
import Synchronization
import Testing

@Suite("The checker on environments that make their own batches")
struct BatchCheckerTests {
  @Test("Finds nothing wrong with a batch that keeps the contract")
  func findsNothing() throws {
    #expect(try EnvironmentChecker().findings(inAny: Counting(fault: nil)).isEmpty)
  }

  @Test("Finds each fault", arguments: Counting.Fault.allCases)
  func finds(fault: Counting.Fault) throws {
    let findings = try EnvironmentChecker().findings(inAny: Counting(fault: fault))
    let kinds = findings.map { Mirror(reflecting: $0.problem).children.first?.label ?? "" }
    #expect(kinds.contains(fault.rawValue), "\(findings)")
  }
}

/// Counts up to 20, in a batch of its own.
struct Counting: BatchableEnvironment {
  enum Fault: String, CaseIterable, Sendable {
    case observationOutsideSpace
    case rewardNotFinite
    case notDeterministic
    case episodesInterfere
    case stateLostInCoding
    case noValidChoice
  }

  let fault: Fault?
  let name = "Counting"
  let observationSpace = BoxSpace(lowest: [0], highest: [20])
  let actionSpace = ActionSpace.discrete(count: 2)
  let timeLimit: Int? = 20
  let hasActionMask = true
  var snapshotType: any EnvironmentSnapshot.Type { Batch.Snapshot.self }

  func makeBatch(
    of numbers: Range<Int>, seed: UInt64, purpose: RandomStream.Purpose, afterEnd: AfterEnd
  ) throws -> any EnvironmentBatch {
    Batch(count: numbers.count, fault: fault)
  }

  final class Batch: EnvironmentBatch, @unchecked Sendable {
    struct Snapshot: EnvironmentSnapshot {
      let values: [Float]
      var count: Int { values.count }
    }

    static let calls = Atomic<Int>(0)
    let count: Int
    let fault: Fault?
    var values: [Float]
    var canTakeBack: Bool { true }

    init(count: Int, fault: Fault?) {
      self.count = count
      self.fault = fault
      values = Array(repeating: 0, count: count)
    }

    func observe(_ rows: Range<Int>, into observations: UnsafeMutablePointer<Float>) {
      for row in rows { observations[row - rows.lowerBound] = values[row] }
    }

    func writeActionMasks(into masks: UnsafeMutablePointer<Float>, of rows: Range<Int>) -> Bool {
      for choice in 0..<2 * rows.count { masks[choice] = fault == .noValidChoice ? 0 : 1 }
      return fault != .noValidChoice
    }

    func step(_ rows: Range<Int>, through buffers: StepBuffers) throws {
      for row in rows {
        values[row] += 1
        let place = row - rows.lowerBound
        var observation = values[row]
        if fault == .observationOutsideSpace { observation = 21 }
        if fault == .notDeterministic {
          observation = Float(Self.calls.wrappingAdd(1, ordering: .relaxed).newValue % 19)
        }
        if fault == .episodesInterfere { observation = Float(count) }
        buffers.observations[place] = observation
        buffers.rewards[place] = fault == .rewardNotFinite ? .infinity : 1
        buffers.endings[place] = values[row] == 20 ? .truncated : .none
      }
    }

    func restart(_ row: Int) throws { values[row] = 0 }
    func snapshot() throws -> Snapshot { Snapshot(values: values) }
    func restore(_ snapshot: Snapshot) throws {
      values = fault == .stateLostInCoding ? snapshot.values.map { $0 + 1 } : snapshot.values
    }
  }
}
