import Foundation
import Testing

/// Reference values are worth no more than what is known of how they were made.
@Suite("Stored reference values")
struct FixtureGeneratorTests {
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures")

  /// What is in the folder of the fixtures, or in one of its folders.
  private func contents(_ folder: String = "") throws -> [String] {
    try FileManager.default
      .contentsOfDirectory(atPath: Self.fixtures.appendingPathComponent(folder).path)
      .filter { !$0.hasPrefix(".") && $0 != "__pycache__" }
  }

  @Test("lie beside the script that made them, or a note on how to make them again")
  func haveGenerators() throws {
    let folders = try contents()
    #expect(folders.contains("Torch") && folders.contains("NumPy"))
    for folder in folders {
      let files = try contents(folder)
      let sources = files.filter { $0.hasSuffix(".py") || $0 == "README.md" }
      #expect(!sources.isEmpty, "Nothing says how the files of Tests/Fixtures/\(folder) are made.")
      let texts = try sources.map {
        try String(
          contentsOf: Self.fixtures.appendingPathComponent("\(folder)/\($0)"), encoding: .utf8)
      }
      for file in files where file.hasSuffix(".json") {
        #expect(
          texts.contains { $0.contains(file) },
          "No script in Tests/Fixtures/\(folder) says that it makes \(file).")
      }
    }
  }
}
