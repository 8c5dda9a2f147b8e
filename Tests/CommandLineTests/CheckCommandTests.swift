import Foundation
import Testing

@Suite("ppo check")
struct CheckCommandTests {
  @Test("Finds nothing wrong with a built-in environment", arguments: ["cartpole", "pendulum"])
  func findsNothing(environment: String) throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(
        ["check", "--env", environment, "--episodes", "2", "--json"], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      let report = try #require(
        JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
      #expect(report["findings"] as? [String] == [])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test(
    "Refuses what it cannot do",
    arguments: [
      ["--env", "cartpol"], ["--env", "cartpole", "--episodes", "0"],
      ["--env", "cartpole", "--step-limit", "-1"], ["cartpole", "--env", "cartpole"],
    ])
  func refuses(arguments: [String]) throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(["check"] + arguments, in: folder)
      #expect(run.status == 64)
      #expect(run.output.isEmpty)
      #expect(run.errors.hasPrefix("ppo: "))
    }
  }
}
