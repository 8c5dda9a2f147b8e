import Foundation
import PolicyOptimization
import StoredFiles
import TestSupport
import Testing

@testable import Experiments

@Suite("Files for TensorBoard")
struct TensorBoardTests {
  @Test(
    "have the checksums of RFC 3720",
    arguments: [
      (Array(repeating: 0, count: 32), 0x8A91_36AA),
      (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
      (Array(0..<32), 0x46DD_794E),
      (Array((0..<32).reversed()), 0x113F_DB5C),
      (Array("123456789".utf8), 0xE306_9283),
      ([], 0),
    ] as [([UInt8], UInt32)])
  func checksums(bytes: [UInt8], expected: UInt32) {
    #expect(CyclicChecksum(of: bytes).value == expected)
  }

  @Test("are to the byte what TensorBoard's own code writes")
  func goldenBytes() throws {
    let golden = try fixture("TensorBoard/golden.json", as: [String: String].self)
    let time = 1_700_000_000.25
    func check(_ name: String, _ event: [UInt8]) throws {
      var bytes: [UInt8] = []
      EventFile.frame(event, into: &bytes)
      let expected = try #require(golden[name])
      #expect(bytes.map { String(format: "%02x", $0) }.joined() == expected, "\(name)")
    }
    try check("version", TensorBoardEvents.version(at: time))
    try check("restart", TensorBoardEvents.restart(at: time, step: 301))
    try check("end", TensorBoardEvents.end(at: time))
    try check(
      "settings",
      TensorBoardEvents.settings(["anneal-lr": .flag(false)], name: "run", at: time))
    let numbers: [Float] = [-1, 0, 3, 29]
    try check(
      "histogram",
      TensorBoardEvents.histogram(
        Histogram(of: numbers.span), tag: "rollout/advantages", at: time, step: 300))
  }

  @Test("hold the numbers of an update in one event, without those that are none")
  func goldenScalars() throws {
    let golden = try fixture("TensorBoard/golden.json", as: [String: String].self)
    let values = SmallRun.scalars.names.map { name -> Double in
      switch name {
      case "charts/SPS": 1.5
      case "losses/policy_loss": -0.0078125
      default: .nan
      }
    }
    try SmallRun.inFolder { folder in
      let records = try TensorBoardRecords(
        folder: folder, scalars: SmallRun.scalars, configuration: SmallRun.configuration
      ) { 1_700_000_000.25 }
      records.add(values, step: 300)
      try records.close(isComplete: false)
      let file = folder.url.appendingPathComponent("events.out.tfevents.1700000000.ppo")
      let bytes = try Data(contentsOf: file).map { String(format: "%02x", $0) }.joined()
      #expect(bytes.hasPrefix(try #require(golden["version"])))
      #expect(bytes.hasSuffix(try #require(golden["scalars"])))
    }
  }

  @Test("count numbers in bins of equal width")
  func histograms() {
    func histogram(_ numbers: [Float]) -> Histogram { Histogram(of: numbers.span) }
    let many = histogram([0, 1, 2, 30, 30, .nan, .infinity])
    #expect(many.counts.reduce(0, +) == 5)
    #expect(many.counts[0] == 1 && many.counts[1] == 1 && many.counts[29] == 2)
    #expect(many.limits.first == 1 && many.limits.last == 30)
    #expect(many.sum == 63 && many.squares == 1805)
    let equal = histogram([7, 7, 7])
    #expect(equal.counts.reduce(0, +) == 3)
    #expect(zip(equal.limits, equal.limits.dropFirst()).allSatisfy { $0 < $1 })
    #expect(histogram([.nan]).isEmpty)
  }

  @Test("have names that sort in the order in which they were begun")
  func sortsFiles() throws {
    try SmallRun.inFolder { folder in
      for time in [1_700_000_000.5, 1_700_000_000.9, 1_600_000_000] {
        let records = try TensorBoardRecords(
          folder: folder, scalars: SmallRun.scalars, configuration: SmallRun.configuration
        ) { time }
        try records.close(isComplete: true)
      }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        .filter { $0.hasPrefix("events") }.sorted()
      #expect(
        files == ["1700000000", "1700000001", "1700000002"].map { "events.out.tfevents.\($0).ppo" })
    }
  }
}
