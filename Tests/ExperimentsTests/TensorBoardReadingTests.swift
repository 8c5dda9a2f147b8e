import Foundation
import PolicyOptimization
import TestSupport
import Testing

@testable import Experiments

/// TensorBoard's own reader.
private enum TensorBoardReader {
  struct Content: Decodable {
    struct Histogram: Decodable {
      let step: Int
      let minimum: Double
      let maximum: Double
      let count: Double
      let counts: [Double]
    }
    let scalars: [String: [[Double]]]
    let histograms: [String: [Histogram]]
    let settings: [String: SettingValue]
    let name: String
    let ended: Bool
  }

  static func read(_ folder: RunFolder) throws -> Content {
    try JSONDecoder().decode(
      Content.self, from: Python.run(fixture: "TensorBoard/read.py", [folder.url.path]))
  }
}

@Suite(
  "TensorBoard",
  .enabled(if: Python.has("tensorboard"), "Python has no package tensorboard."))
struct TensorBoardReadingTests {
  private func records(_ folder: RunFolder, at timestep: Int = 0) throws -> TensorBoardRecords {
    try TensorBoardRecords(
      folder: folder, scalars: SmallRun.scalars, configuration: SmallRun.configuration,
      continuingAt: timestep)
  }

  @Test("reads the numbers, the histograms and the settings")
  func readsRecords() throws {
    let rows = try SmallRun.rows()
    try SmallRun.inFolder { folder in
      let records = try records(folder)
      for row in rows { records.add(row, step: Int(row[0])) }
      let numbers: [Float] = [-1, 0.5, 2, 2]
      records.addHistogram("parameters/w", of: numbers.span, step: 256)
      try records.close(isComplete: true)

      let content = try TensorBoardReader.read(folder)
      for (index, name) in SmallRun.scalars.names.enumerated().dropFirst() {
        let expected = rows.filter { $0[index].isFinite }.map { [$0[0], Double(Float($0[index]))] }
        #expect(content.scalars[name] ?? [] == expected, "\(name)")
      }
      let histogram = try #require(content.histograms["parameters/w"]?.first)
      #expect(histogram.step == 256 && histogram.count == 4)
      #expect(histogram.minimum == -1 && histogram.maximum == 2)
      #expect(histogram.counts.filter { $0 > 0 } == [1, 1, 2])
      #expect(content.name == folder.url.lastPathComponent)
      #expect(content.settings["env"] == .text("CartPole-v1"))
      #expect(content.settings["gamma"] == .number(0.99))
      #expect(content.settings["shared-trunk"] == .flag(true))
      #expect(content.settings["hidden-sizes"] == .text("8"))
      #expect(content.ended)
    }
  }

  @Test("shows each step once where a run was continued, even from a file that was cut off")
  func readsContinuedRecords() throws {
    let rows = try SmallRun.rows()
    try SmallRun.inFolder { folder in
      let first = try records(folder)
      for row in rows[0..<4] { first.add(row, step: Int(row[0])) }
      try first.close(isComplete: false)
      let file = try #require(
        try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil)
          .first)
      let whole = try Data(contentsOf: file)
      try whole.dropLast(100).write(to: file)

      let second = try records(folder, at: 512)
      for row in rows[2...] { second.add(row, step: Int(row[0])) }
      try second.close(isComplete: true)
      let content = try TensorBoardReader.read(folder)
      let steps = content.scalars["losses/policy_loss"]?.map { $0[0] }
      #expect(steps == [256, 512, 768, 1024, 1280])
      #expect(content.ended)
    }
  }
}
