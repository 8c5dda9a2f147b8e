import Foundation
import TestSupport
import Testing

/// Commands in environments of the stub of Gymnasium, which needs a Python and no package.
@Suite("Environments of Gymnasium", .enabled(if: StubPython.isAvailable))
struct GymnasiumCommandTests {
  private func run(
    _ arguments: [String], in folder: URL, interruptedAfter seconds: Double? = nil
  ) throws -> CommandLineRun {
    try CommandLineRun(
      arguments, in: folder, environment: StubPython.variables, interruptedAfter: seconds)
  }

  private func train(_ more: [String], in folder: URL) throws -> CommandLineRun {
    try run(
      ["train", "--env", "gym:Count-v0", "--python", Python.program, "--quiet"] + more, in: folder)
  }

  @Test("A run stores how its environment is made, and every command opens it again")
  func storesOptions() throws {
    try CommandLineRun.inFolder { folder in
      let first = try train(
        ["--env-option", "length=9", "--time-limit", "12", "--total-timesteps", "4096"], in: folder)
      #expect(first.status == 0, "\(first.errors)")
      let path = "runs/gym-Count-v0-seed-1"
      let file = folder.appendingPathComponent("\(path)/config.json")
      let config = try #require(
        JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
      #expect(config["env"] as? String == "gym:Count-v0")
      let options = config["env-options"] as? [String: [String: String]]
      #expect(options?["arguments"] == ["length": "9"])
      #expect(options?["settings"] == ["python": Python.program, "time-limit": "12"])
      #expect((config["versions"] as? [String: String])?["gymnasium"] == "stub")
      let evaluation = try run(["evaluate", path, "--episodes", "5", "--json"], in: folder)
      #expect(evaluation.status == 0, "\(evaluation.errors)")
      let length = try #require(evaluation.json?["mean_length"] as? Double)
      #expect(9...11 ~= length)
      let other = try run(["evaluate", path, "--env-option", "length=4"], in: folder)
      #expect(other.status == 1)
      #expect(other.errors.contains("fingerprint"), "\(other.errors)")
      #expect(
        try run(["record", path, "-o", "rollout.svg"], in: folder).status == 0,
        "drawn as bars of its observation")
    }
  }

  @Test("A run that is paused and resumed, on other threads, ends with the same bytes")
  func resumes() throws {
    try CommandLineRun.inFolder { folder in
      let length = ["--env-option", "length=50", "--total-timesteps", "12288"]
      #expect(try train(length + ["--threads", "1", "--output", "a"], in: folder).status == 0)
      #expect(
        try train(
          length + ["--threads", "3", "--output", "b", "--pause-at", "5000"], in: folder
        ).status == 130)
      let resumed = try run(["train", "--resume", "b", "--threads", "2", "--quiet"], in: folder)
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(!resumed.errors.contains("start again"), "\(resumed.errors)")
      let files = try ["a", "b"].map {
        try Data(contentsOf: folder.appendingPathComponent("\($0)/checkpoint.safetensors"))
      }
      #expect(files[0] == files[1])
    }
  }

  @Test("An environment that fails leaves a traceback and a run that can be resumed")
  func fails() throws {
    try CommandLineRun.inFolder { folder in
      let failed = try train(
        [
          "--env-option", "fault=step", "--env-option", "at=3000", "--env-option", "length=1000000",
          "--num-envs", "4", "--num-steps", "256", "--checkpoint-seconds", "0", "--output", "run",
        ], in: folder)
      #expect(failed.status == 1)
      #expect(failed.output.isEmpty)
      #expect(
        failed.errors.contains("(row 0, step 3000) raised ValueError: a wheel came off (tasks.py"),
        "\(failed.errors)")
      let log = folder.appendingPathComponent("run/worker.log")
      #expect(try String(contentsOf: log, encoding: .utf8).contains("Traceback"))
      let again = try run(["evaluate", "run", "--episodes", "1", "--json"], in: folder)
      #expect(again.errors.contains("a wheel came off"), "\(again.errors)")
    }
  }

  @Test("What an environment prints is not mixed with results, and what is unknown is a sentence")
  func speaks() throws {
    try CommandLineRun.inFolder { folder in
      let loud = try train(
        ["--env-option", "fault=print", "--total-timesteps", "2048", "--json"], in: folder)
      #expect(loud.json?["environment"] as? String == "gym:Count-v0", "\(loud.output)")
      #expect(loud.errors.contains("hello from the environment"))
      let names = try run(
        ["environments", "--gym", "--python", Python.program, "--json"], in: folder)
      #expect((names.json?["environments"] as? [String])?.contains("gym:Count-v0") == true)
      let unknown = try run(
        ["train", "--env", "gym:Cout-v0", "--python", Python.program], in: folder)
      #expect(unknown.status == 64)
      #expect(unknown.errors.contains("did you mean gym:Count-v0"), "\(unknown.errors)")
      let nowhere = try run(
        ["train", "--env", "gym:Count-v0", "--python", "/nowhere/python"], in: folder)
      #expect(nowhere.status == 1)
      #expect(nowhere.errors.contains("There is no Python '/nowhere/python'"))
      let other = try run(["train", "--env", "cartpole", "--time-limit", "9"], in: folder)
      #expect(other.errors.contains("CartPole-v1 has no option 'time-limit'"), "\(other.errors)")
      let check = try run(
        ["check", "--env", "gym:Count-v0", "--python", Python.program], in: folder)
      #expect(check.output == "gym:Count-v0: nothing found.\n", "\(check.errors)")
    }
  }
}

private enum StubPython {
  /// With these a Python finds the stub before what is installed.
  static let variables: [String: String] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/GymnasiumStub").standardizedFileURL
    return ["PYTHONPATH": folder.path, "PYTHONDONTWRITEBYTECODE": "1"]
  }()

  static let isAvailable: Bool = {
    if Python.has("json") { return true }
    print("There is no Python: commands in environments of Gymnasium are not tested.")
    return false
  }()
}
