import Foundation
import Testing

@Suite("Exported policies, from the command line")
struct ExportCommandTests {
  private func withRun<Result>(_ body: (URL) throws -> Result) throws -> Result {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(
        [
          "train", "--env", "cartpole", "--preset", "rl-zoo", "--update-epochs", "1", "--quiet",
          "--hidden-sizes", "8", "--total-timesteps", "256", "--output", "run",
        ], in: folder)
      try #require(run.status == 0, "\(run.errors)")
      return try body(folder)
    }
  }

  @Test("are written in both forms, and JSON tells what goes in and comes out")
  func exports() throws {
    try withRun { folder in
      let header = try CommandLineRun(
        ["export", "run", "--format", "c", "--name", "cart", "--json"], in: folder)
      #expect(header.status == 0, "\(header.errors)")
      let json = try #require(header.json)
      #expect(Set(json.keys) == ["format", "output", "bytes", "inputs", "outputs"])
      #expect(json["format"] as? String == "c")
      #expect(json["output"] as? String == "policy.h")
      let text = try String(
        contentsOf: folder.appendingPathComponent("policy.h"), encoding: .utf8)
      #expect(json["bytes"] as? Int == text.utf8.count)
      #expect(text.contains("static inline int32_t cart_act(const float observation[4]) {"))
      #expect(text.contains("A policy for CartPole-v1, seed 1, steps 256"))
      let graph = try CommandLineRun(["export", "run", "--format", "onnx"], in: folder)
      #expect(graph.status == 0 && graph.output.contains("from observation [4] to action []"))
      let bytes = try Data(contentsOf: folder.appendingPathComponent("policy.onnx"))
      #expect(bytes.starts(with: [8, 8, 18, 9] + Array("swift-ppo".utf8)))
    }
  }

  @Test("replace nothing unless they are told to")
  func overwritesNothing() throws {
    try withRun { folder in
      let file = folder.appendingPathComponent("mine.h")
      try Data("mine".utf8).write(to: file)
      let words = ["export", "run", "--format", "c", "-o", "mine.h"]
      let refused = try CommandLineRun(words, in: folder)
      #expect(refused.status == 1)
      #expect(
        refused.errors
          == """
          ppo: mine.h exists already; nothing was changed. Give another name with --output, or --force.

          """)
      #expect(try Data(contentsOf: file) == Data("mine".utf8))
      #expect(try CommandLineRun(words + ["--force"], in: folder).status == 0)
      // A link is replaced, and what it leads to stays.
      let (mine, other) = (
        folder.appendingPathComponent("mine.h"), folder.appendingPathComponent("other.h")
      )
      try Data("mine".utf8).write(to: other)
      try FileManager.default.removeItem(at: mine)
      try FileManager.default.createSymbolicLink(at: mine, withDestinationURL: other)
      #expect(try CommandLineRun(words + ["--force"], in: folder).status == 0)
      #expect(try Data(contentsOf: other) == Data("mine".utf8))
      #expect(try Data(contentsOf: mine).count > 1_000)
      #expect(try Data(contentsOf: file).count > 1_000)
    }
  }

  static let refusals: [(words: [String], status: Int32, sentence: String)] = [
    (["nowhere", "--format", "c"], 1, "There is no readable checkpoint at"),
    (["run", "--format", "torch"], 64, "'torch' is invalid for '--format"),
    (["run"], 64, "Missing expected argument '--format"),
    (["run", "--format", "onnx", "--with-main"], 64, "--with-main is for C"),
    (
      ["run", "--format", "c", "-o", "policy.onnx"], 64,
      "the name of a file for --format c ends in .h or .c"
    ),
    (["run", "--format", "c", "--name", "4x"], 64, "The name is '4x'; names in C begin with"),
  ]

  @Test("are refused in a sentence where something does not fit")
  func refuses() throws {
    try withRun { folder in
      let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      for refusal in Self.refusals {
        let run = try CommandLineRun(["export"] + refusal.words, in: folder)
        #expect(run.status == refusal.status, "\(refusal.words): \(run.errors)")
        #expect(run.errors.contains(refusal.sentence), "\(refusal.words): \(run.errors)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
    }
  }
}
