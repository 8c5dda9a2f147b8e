import ControlEnvironments
import Foundation
import PolicyExport
import PolicyKinds
import PolicyOptimization
import Testing

@Suite(
  "The program behind a header in C",
  .enabled(if: Toolchain.available.contains { $0.runner.isEmpty }))
struct ProgramTests {
  /// Compiles a header as a program, and calls a function with what runs it on an input.
  private func withProgram(
    _ change: (String) -> String,
    _ body: ((String) throws -> (status: Int32, output: String)) throws -> Void
  ) throws {
    let toolchain = try #require(Toolchain.available.first { $0.runner.isEmpty })
    let kind = PolicyKind("small", CartPole()) { $0.hiddenSizes = [4] }
    var options = ExportOptions()
    options.hasMain = true
    let exported = try kind.policy().exported(as: .c, for: CartPole(), options: options)
    try withTemporaryFolder { folder in
      let text = change(String(decoding: exported.bytes, as: UTF8.self))
      try Data(text.utf8).write(to: folder.appendingPathComponent("policy.c"))
      let compiled = try Toolchain.run(
        [toolchain.compiler] + toolchain.options + ["policy.c", "-o", "policy"], in: folder)
      #expect(compiled.status == 0, "\(compiled.output)")
      try body { input in
        try Data(input.utf8).write(to: folder.appendingPathComponent("input"))
        return try Toolchain.run(["sh", "-c", "./policy <input"], in: folder)
      }
    }
  }

  private func unchanged(_ text: String) -> String { text }

  @Test("ends with 0 at the end of the input, and with 1 within a step or at what is no number")
  func statuses() throws {
    try withProgram(unchanged) { run in
      #expect(try run("").status == 0)
      let ran = try run("0 0 0 0\n0.1 0 0 0\n")
      #expect(ran.status == 0 && ran.output.split(separator: "\n").count == 2)
      #expect(try run("0 0 0 0\n0 0").status == 1)
      #expect(try run("zero").status == 1)
    }
  }

  @Test("does not agree with its example where a weight is changed")
  func findsOtherWeights() throws {
    // The example's actions are the other choice everywhere.
    func change(_ text: String) -> String {
      let lines = text.components(separatedBy: "\n")
      guard let at = lines.firstIndex(where: { $0.contains("policy_example_actions[4] = {") })
      else { return "" }
      var changed = lines
      changed[at + 1] = lines[at + 1].replacing("0.0f", with: "2.0f").replacing(
        "1.0f", with: "0.0f")
      return changed.joined(separator: "\n")
    }
    try withProgram(change) { run in
      let ran = try run("0 0 0 0\n")
      #expect(ran.status == 1 && ran.output.contains("The bits differ"))
    }
  }

  @Test("finds a number that is none, whatever follows")
  func findsNaN() throws {
    // Not the last of the example's numbers, after which others would be compared.
    func change(_ text: String) -> String {
      let lines = text.components(separatedBy: "\n")
      guard let at = lines.firstIndex(where: { $0.contains("policy_example_actions[4] = {") })
      else { return "" }
      var changed = lines
      let rest = lines[at + 1].split(separator: ",", maxSplits: 1)[1]
      changed[at + 1] = "  0.0f / 0.0f," + rest
      return changed.joined(separator: "\n")
    }
    try withProgram(change) { run in
      let status = try run("0 0 0 0\n").status
      #expect(status == 1)
    }
  }
}
