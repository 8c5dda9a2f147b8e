import Foundation
import Testing

@Suite("A training that something happens to")
struct SignalTests {
  private let long = "train --env cartpole --total-timesteps 1000000000 --output run"

  /// Runs a shell command in a folder; `ppo` is the program.
  private func shell(_ command: String, in folder: URL) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.currentDirectoryURL = folder
    process.arguments = ["-c", "ppo() { \"\(CommandLineRun.program.path)\" \"$@\"; }; \(command)"]
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test(
    "ends with a checkpoint to go on from",
    arguments: ["INT", "TERM", "HUP"])
  func endsInOrder(name: String) throws {
    try CommandLineRun.inFolder { folder in
      let status = try shell(
        """
        "\(CommandLineRun.program.path)" \(long) 2>errors >output &
        while [ ! -e run/progress.csv ]; do sleep 0.05; done
        kill -\(name) $!; wait $!
        """, in: folder)
      #expect(status == 130)
      let errors = try String(
        contentsOf: folder.appendingPathComponent("errors"), encoding: .utf8)
      #expect(errors.contains("go on with: ppo train --resume run"))
      #expect(try CommandLineRun(["evaluate", "run", "--episodes", "3"], in: folder).status == 0)
    }
  }

  @Test(
    "ends in order whatever it is at, and so do other commands",
    .timeLimit(.minutes(5)),
    arguments: [
      "train --env acrobot --eval-episodes 50000 --eval-every 512 --num-steps 64 --output long",
      "compare --env acrobot --balancers fixed,log --seeds 2 --episodes 100000 --num-steps 64 "
        + "--minibatch-size 64 --total-timesteps 1024 --output comparison",
      "evaluate trained --episodes 100000",
    ], ["INT", "TERM"])
  func endsAnywhere(command: String, name: String) throws {
    try CommandLineRun.inFolder { folder in
      let trained = try CommandLineRun(
        [
          "train", "--env", "acrobot", "--total-timesteps", "256", "--num-envs", "2", "--num-steps",
          "64", "--minibatch-size", "64", "--eval-every", "0", "--output", "trained", "--quiet",
        ], in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let status = try shell(
        """
        "\(CommandLineRun.program.path)" \(command) 2>errors >output & sleep 2
        kill -\(name) $!; wait $!
        """, in: folder)
      let errors = try String(
        contentsOf: folder.appendingPathComponent("errors"), encoding: .utf8)
      #expect(status == 130, "\(errors)")
      guard command.hasPrefix("train") else { return }
      let evaluation = try CommandLineRun(["evaluate", "long", "--episodes", "1"], in: folder)
      #expect(evaluation.status == 0, "\(evaluation.errors)")
    }
  }

  @Test("closing a terminal, which sends signals twice, loses nothing; what is ignored stays so")
  func survivesSeveralSignals() throws {
    try CommandLineRun.inFolder { folder in
      let program = CommandLineRun.program.path
      let status = try shell(
        "\"\(program)\" \(long) 2>/dev/null >output & "
          + "while [ ! -e run/progress.csv ]; do sleep 0.05; done; kill -HUP $!; kill -HUP $!; "
          + "kill -TERM $!; wait $!", in: folder)
      #expect(status == 130)
      #expect(
        FileManager.default.fileExists(
          atPath: folder.appendingPathComponent("run/checkpoint.safetensors").path))
      let ignored = try shell(
        "trap '' HUP; \"\(program)\" train --env cartpole --total-timesteps 100000 "
          + "--output ignored >output 2>&1 & sleep 0.3; kill -HUP $!; wait $!", in: folder)
      #expect(ignored == 0)
    }
  }

  @Test("writes nothing foreign into its files where output and errors are closed")
  func survivesClosedDescriptors() throws {
    try CommandLineRun.inFolder { folder in
      let status = try shell(
        "ppo train --env cartpole --total-timesteps 60000 --output run >&- 2>&-", in: folder)
      #expect(status == 0)
      let table = try String(
        contentsOf: folder.appendingPathComponent("run/progress.csv"), encoding: .utf8)
      #expect(!table.contains("mean return"))
    }
  }

  @Test("goes on where nobody reads its output any more")
  func survivesClosedPipes() throws {
    try CommandLineRun.inFolder { folder in
      // Both ends of the output close before the first line is written.
      let status = try shell(
        "{ ppo train --env cartpole --total-timesteps 20000 --output run; echo $? >status; } 2>&1 "
          + "| head -c 0", in: folder)
      #expect(status == 0)
      let written = try String(
        contentsOf: folder.appendingPathComponent("status"), encoding: .utf8)
      #expect(written == "0\n")
      let files = try FileManager.default.contentsOfDirectory(
        atPath: folder.appendingPathComponent("run").path)
      #expect(files.contains("summary.json") && files.contains("checkpoint.safetensors"))
    }
  }

  @Test("a list whose reader has gone ends quietly")
  func listsEndQuietly() throws {
    try CommandLineRun.inFolder { folder in
      _ = try shell("ppo balancers 2>errors | head -c 1", in: folder)
      let errors = try String(
        contentsOf: folder.appendingPathComponent("errors"), encoding: .utf8)
      #expect(errors.isEmpty)
    }
  }
}
