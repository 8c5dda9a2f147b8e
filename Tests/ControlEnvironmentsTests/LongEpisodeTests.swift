import ControlEnvironments
import EnvironmentKit
import Foundation
import Testing

@Suite("An episode of more steps than 32 bits can count")
struct LongEpisodeTests {
  /// Takes a few steps in environments whose episodes have gone on for `elapsed` steps.
  ///
  /// - Returns: The lengths of the episodes that ended, and how many a time limit has cut off.
  private func ends(
    rows: Int, timeLimit: Int?, elapsed: Int
  ) throws -> (lengths: Set<Int>, truncations: Int) {
    let environments = VectorEnvironment(
      CartPole().limited(to: timeLimit), count: rows, seed: 1)
    try setElapsed(elapsed, of: environments)
    let arrays = StepArrays(for: environments)
    var (lengths, truncations) = (Set<Int>(), 0)
    var waiting = Set(0..<rows)
    for _ in 0..<30 {
      environments.step(0..<rows, through: arrays.buffers())
      for row in arrays.endedRows where waiting.remove(row) != nil {
        lengths.insert(arrays.episodeLengths[row])
        truncations += arrays.endings[row] == .truncated ? 1 : 0
      }
    }
    #expect(waiting.isEmpty)
    return (lengths, truncations)
  }

  private func setElapsed<Base>(_ elapsed: Int, of environments: VectorEnvironment<Base>) throws {
    var fields = try #require(
      try JSONSerialization.jsonObject(
        with: JSONEncoder().encode(environments.snapshot())) as? [String: Any])
    fields["elapsed"] = Array(repeating: elapsed, count: environments.count)
    environments.restore(
      try JSONDecoder().decode(
        VectorEnvironment<Base>.Snapshot.self,
        from: JSONSerialization.data(withJSONObject: fields)))
  }

  // One row is stepped by itself, many in vectors.
  @Test("is counted on, and nothing is cut off", arguments: [1, 3, 33], [2_147_483_640, 1 << 40])
  func countsOn(rows: Int, elapsed: Int) throws {
    let (lengths, truncations) = try ends(rows: rows, timeLimit: nil, elapsed: elapsed)
    #expect(truncations == 0)
    #expect(lengths.allSatisfy { elapsed + 5 < $0 && $0 <= elapsed + 30 }, "\(lengths)")
  }

  @Test("ends at a time limit that is as long", arguments: [1, 3, 33])
  func endsAtLimit(rows: Int) throws {
    let limit = 2_147_483_650
    let (lengths, truncations) = try ends(rows: rows, timeLimit: limit, elapsed: limit - 3)
    #expect(lengths == [limit])
    #expect(truncations == rows)
  }

  @Test("is counted right where 32 bits were used to store it")
  func readsOldCounts() throws {
    let (lengths, _) = try ends(rows: 1, timeLimit: nil, elapsed: -2_147_483_642)
    #expect(lengths.allSatisfy { 2_147_483_654 < $0 && $0 < 2_147_483_690 }, "\(lengths)")
    let environments = VectorEnvironment(CartPole(), count: 2, seed: 1)
    #expect(throws: DecodingError.self) { try setElapsed(.min, of: environments) }
    #expect(throws: DecodingError.self) { try setElapsed(.max, of: environments) }
  }
}
