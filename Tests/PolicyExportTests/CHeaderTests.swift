import ControlEnvironments
import EnvironmentKit
import Foundation
import PolicyExport
import PolicyKinds
import PolicyOptimization
import Testing

/// Headers of all kinds of policies, each with episodes, and a program that includes all of them.
private struct Material: Sendable {
  let headers: [[UInt8]]
  /// What the program reads: for each step whether an episode begins, the observation and the mask.
  let inputs: [[Float]]
  /// What the program is to write.
  let actions: [[Float]]
  let values: [[Float]]
  let program: String

  static let all = Result { try Material() }

  private init() throws {
    let made = try PolicyKind.exported.enumerated().map { index, kind in
      try Self.make(kind.environment, kind, name: "kind_\(index)")
    }
    headers = made.map(\.header)
    inputs = made.map(\.input)
    actions = made.map(\.actions)
    values = made.map(\.values)
    program = Self.program(made.map(\.exported), PolicyKind.exported)
  }

  private typealias Made = (
    exported: ExportedPolicy, header: [UInt8], input: [Float], actions: [Float], values: [Float]
  )

  private static func make(
    _ environment: some Environment, _ kind: PolicyKind, name: String
  ) throws -> Made {
    let policy = try kind.policy()
    var options = ExportOptions()
    options.name = name
    options.givesValue = true
    let exported = try policy.exported(as: .c, for: environment, options: options)
    let steps = try PlayedSteps(episodes: 3, of: policy, in: environment)
    let (width, count) = (environment.observationSpace.count, steps.decisions.count)
    let choices = steps.masks.count / count
    var input: [Float] = []
    for step in 0..<count {
      input.append(steps.isFirst[step] ? 1 : 0)
      input += steps.observations[step * width..<(step + 1) * width]
      input += steps.masks[step * choices..<(step + 1) * choices]
    }
    return (
      exported, exported.bytes, input, steps.actions, steps.decisions.map { $0.value ?? .nan }
    )
  }

  /// A program in C that reads the inputs of a kind, `kind_N.in`, and writes `kind_N.out`.
  private static func program(_ exported: [ExportedPolicy], _ kinds: [PolicyKind]) -> String {
    var text = "#include <stdio.h>\n"
    for index in kinds.indices { text += "#include \"kind_\(index).h\"\n" }
    for (index, (exported, kind)) in zip(exported, kinds).enumerated() {
      text += function(index, exported, kind.environment)
    }
    text += "int main(void) {\n"
    for index in kinds.indices { text += "  if (run_\(index)()) return \(index + 1);\n" }
    return text + "  return 0;\n}\n"
  }

  private static func function(
    _ index: Int, _ exported: ExportedPolicy, _ environment: any Environment
  ) -> String {
    let names = exported.inputs.map(\.name)
    let width = environment.observationSpace.count
    let choices = environment.hasActionMask ? environment.actionSpace.choiceCounts.reduce(0, +) : 0
    let isSingle = exported.outputs[0].shape.isEmpty
    let count = environment.actionSpace.componentCount
    let hasMemory = names.contains("memory")
    let arguments =
      ["row + 1"] + (choices > 0 ? ["valid"] : []) + (hasMemory ? ["&memory"] : [])
      + (isSingle ? [] : ["action"]) + ["&value"]
    let type = environment.actionSpace.choiceCounts.isEmpty ? "float" : "int32_t"
    return """
      static int run_\(index)(void) {
        FILE *in = fopen("kind_\(index).in", "rb"), *out = fopen("kind_\(index).out", "wb");
        float row[\(1 + width + choices)], value, written[\(count + 1)];
        \(type) action[\(count)];
        int i;
        \(choices > 0 ? "uint8_t valid[\(choices)];" : "")
        \(hasMemory ? "kind_\(index)_memory memory;" : "")
        if (!in || !out || kind_\(index)_self_test() > 0.0f) return 1;
        while (fread(row, sizeof row, 1, in) == 1) {
          \(hasMemory ? "if (row[0] > 0.0f) kind_\(index)_begin(&memory);" : "")
          for (i = 0; i < \(choices); i++) {
            \(choices > 0 ? "valid[i] = row[\(1 + width) + i] > 0.0f;" : "")
          }
          \(isSingle ? "action[0] = " : "")kind_\(index)_act(\(arguments.joined(separator: ", ")));
          for (i = 0; i < \(count); i++) written[i] = (float)action[i];
          written[\(count)] = value;
          fwrite(written, sizeof written, 1, out);
        }
        fclose(in);
        fclose(out);
        return 0;
      }

      """
  }
}

@Suite("A policy as a header in C")
struct CHeaderTests {
  @Test(
    "compiles without a warning and gives the program's bits over whole episodes",
    arguments: Toolchain.available)
  fileprivate func givesBits(_ toolchain: Toolchain) throws {
    let material = try Material.all.get()
    try withTemporaryFolder { folder in
      for index in material.headers.indices {
        try Data(material.headers[index]).write(
          to: folder.appendingPathComponent("kind_\(index).h"))
        try material.inputs[index].withUnsafeBytes { Data($0) }
          .write(to: folder.appendingPathComponent("kind_\(index).in"))
      }
      try Data(material.program.utf8).write(to: folder.appendingPathComponent("program.c"))
      let compiled = try Toolchain.run(
        [toolchain.compiler] + toolchain.options + ["program.c", "-o", "program"], in: folder)
      try #require(compiled.status == 0, "\(compiled.output)")
      let ran = try Toolchain.run(toolchain.runner + ["./program"], in: folder)
      try #require(ran.status == 0, "\(ran.output)")
      for (index, kind) in PolicyKind.exported.enumerated() {
        let written = try Data(contentsOf: folder.appendingPathComponent("kind_\(index).out"))
        try check(written, index, kind, material)
      }
    }
  }

  @Test(
    "calls nothing that is not in it, and takes the stack that it says",
    .enabled(if: Toolchain.available.contains { $0.compiler == "gcc" }, "gcc is not installed."))
  func callsNothing() throws {
    let material = try Material.all.get()
    try withTemporaryFolder { folder in
      for (index, kind) in PolicyKind.exported.enumerated() {
        let header = String(decoding: material.headers[index], as: UTF8.self)
        // A function that is referred to and not called stays in the file.
        let source =
          header + "\nvoid *act(void);\nvoid *act(void) { return (void *)&kind_\(index)_act; }\n"
        try Data(source.utf8).write(to: folder.appendingPathComponent("free.c"))
        let compiled = try Toolchain.run(
          ["gcc", "-std=c99", "-Os", "-ffreestanding", "-fno-builtin", "-fstack-usage", "-c"]
            + ["free.c"], in: folder)
        try #require(compiled.status == 0, "\(compiled.output)")
        let symbols = try Toolchain.run(["nm", "-u", "free.o"], in: folder)
        #expect(symbols.output.isEmpty, "\(kind.testDescription): \(symbols.output)")
        let usage = try String(
          contentsOf: folder.appendingPathComponent("free.su"), encoding: .utf8)
        let taken = usage.split(separator: "\n").compactMap {
          Int($0.split(separator: "\t").dropFirst().first ?? "")
        }
        let said = try #require(header.firstMatch(of: #/(\d+) of stack/#).flatMap { Int($0.1) })
        // Registers that are saved, and return addresses, come on top of the numbers.
        let most = taken.reduce(0, +)
        #expect(!taken.isEmpty && most <= said + 512, "\(kind.testDescription): \(most), \(said)")
      }
    }
  }

  private func check(
    _ written: Data, _ index: Int, _ kind: PolicyKind, _ material: Material
  ) throws {
    let numbers = written.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    let (actions, values) = (material.actions[index], material.values[index])
    let width = kind.environment.actionSpace.componentCount
    try #require(numbers.count == values.count * (width + 1), "\(kind.testDescription)")
    let bits = numbers.map(\.bitPattern)
    for step in values.indices {
      let row = step * (width + 1)
      let expected = actions[step * width..<(step + 1) * width].map(\.bitPattern)
      try #require(
        Array(bits[row..<row + width]) == expected, "\(kind.testDescription), step \(step)")
      let distance = abs(numbers[row + width] - values[step])
      try #require(
        distance <= 1e-5 * abs(values[step]) + 1e-6, "\(kind.testDescription), step \(step)")
    }
  }
}
