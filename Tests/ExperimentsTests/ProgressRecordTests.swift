import Foundation
import Testing

@testable import Experiments

@Suite("A table of progress that is read back")
struct ProgressRecordTests {
  private let header = "global_step,charts/episodic_return,charts/SPS\n"

  private func read(_ text: String) throws -> ProgressRecord {
    try ProgressRecord(text, name: "progress.csv")
  }

  @Test("has its numbers under the names of the columns, and gaps where cells are empty")
  func readsColumns() throws {
    let record = try read(header + "256,,1000\n512,21.5,-1e-3\n")
    #expect(record.columns == ["global_step", "charts/episodic_return", "charts/SPS"])
    #expect(record.steps == [256, 512])
    let returns = try #require(record["charts/episodic_return"])
    #expect(returns[0].isNaN && returns[1] == 21.5)
    #expect(record["charts/SPS"] == [1000, -0.001])
    #expect(record["losses/entropy"] == nil)
  }

  @Test("does not mind where the step stands, line ends of Windows, or a mark of the byte order")
  func readsVariants() throws {
    let record = try read("\u{FEFF}a,global_step\r\n1,5\r\n2,6\r\n")
    #expect(record.steps == [5, 6])
    #expect(record["a"] == [1, 2])
  }

  @Test(
    "ends before a last line that is not whole",
    arguments: ["", "512", "512,21.5,10", "512,21.5\n", "512,2××\n", "×××"])
  func ignoresHalfLine(rest: String) throws {
    // A power cut can leave zeros.
    let rest = rest.replacing("×", with: "\u{0}")
    #expect(try read(header + "256,20,1000\n" + rest).steps == [256])
  }

  @Test("may hold no row at all")
  func readsHeaderAlone() throws {
    #expect(try read(header).steps == [])
    #expect(try read(header)["charts/SPS"] == [])
  }

  @Test("takes the later of rows that a run has repeated")
  func dropsRepeatedRows() throws {
    let record = try read(header + "256,1,0\n512,2,0\n768,3,0\n512,4,0\n768,5,0\n768,6,0\n")
    #expect(record.steps == [256, 512, 768])
    #expect(record["charts/episodic_return"] == [1, 4, 6])
  }

  @Test(
    "is refused in a sentence where it is damaged",
    arguments: [
      ("", "first line"),
      ("global_step,a", "first line"),
      ("step,a\n1,2\n", "no column 'global_step'"),
      ("global_step,a,a\n", "the same name"),
      ("global_step,a\n1,x\n2,3\n", "line 2: 'x' in the column 'a' is no number"),
      ("global_step,a\n1,2,3\n2,3\n", "line 2: it has 3 cells instead of 2"),
      ("global_step,a\n1\n2,3\n", "line 2: it has 1 cells instead of 2"),
      ("global_step,a\n,1\n2,3\n", "line 2: its step is ''"),
      ("global_step,a\n1.5,1\n2,3\n", "line 2: its step is '1.5'"),
      ("global_step,a\n1,1\n1e99,3\n2,3\n", "line 3: its step is '1e99'"),
    ])
  func explainsDamage(text: String, part: String) {
    let error = #expect(throws: RecordError.self) { try read(text) }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }

  @Test("is missed in a sentence")
  func explainsAbsence() {
    let error = #expect(throws: RecordError.self) {
      try ProgressRecord(contentsOf: URL(fileURLWithPath: "/nowhere/progress.csv"))
    }
    #expect(error?.description.contains("There is no readable") == true)
  }
}
