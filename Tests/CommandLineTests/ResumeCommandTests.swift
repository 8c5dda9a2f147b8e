import Foundation
import Testing

@Suite("Resuming on the command line")
struct ResumeCommandTests {
  /// 16 iterations of 256 steps.
  private let run = [
    "train", "--env", "cartpole", "--preset", "rl-zoo", "--total-timesteps", "4096",
    "--update-epochs", "2",
    "--hidden-sizes", "16", "--checkpoint-seconds", "0", "--quiet",
  ]

  private func content(_ folder: URL, _ name: String) throws -> Data {
    try Data(contentsOf: folder.appendingPathComponent(name))
  }

  @Test("a paused run ends as one that was not, and its table has each row once")
  func pausesAndResumes() throws {
    try CommandLineRun.inFolder { folder in
      #expect(try CommandLineRun(run + ["--output", "whole"], in: folder).status == 0)
      let paused = try CommandLineRun(
        run + ["--output", "parts", "--pause-at", "1500"], in: folder)
      #expect(paused.status == 130)
      #expect(
        paused.errors.contains(
          "Paused at 1536 of 4096 steps; go on with: ppo train --resume parts"))
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/parts/summary.json"))
      let resumed = try CommandLineRun(["train", "--resume", "parts", "--json"], in: folder)
      #expect(resumed.status == 0)
      #expect(resumed.json?["total_timesteps"] as? Int == 4096)
      for name in ["checkpoint.safetensors", "best.safetensors", "config.json"] {
        let (whole, parts) = try (
          content(folder, "whole/\(name)"), content(folder, "parts/\(name)")
        )
        #expect(whole == parts, "\(name)")
      }
      #expect(try steps(folder, "parts") == Array(stride(from: 256, through: 4096, by: 256)))
    }
  }

  /// The first column of a run's table.
  private func steps(_ folder: URL, _ name: String) throws -> [Int] {
    try String(decoding: content(folder, "\(name)/progress.csv"), as: UTF8.self)
      .split(separator: "\n").dropFirst()
      .compactMap { $0.split(separator: ",").first.flatMap { Int($0) } }
  }

  @Test("a run that was killed at any moment ends with the same bytes")
  func survivesKilling() throws {
    // 200 with PPO_KILLS=200; a few are enough to find what goes wrong often.
    let kills = ProcessInfo.processInfo.environment["PPO_KILLS"].flatMap { Int($0) } ?? 20
    try CommandLineRun.inFolder { folder in
      // Every other run writes checkpoints seldom, so that some are killed between them.
      let run = run.map { $0 == "4096" ? "51200" : $0 }
      let clock = ContinuousClock()
      var whole: CommandLineRun?
      let length = try clock.measure {
        whole = try CommandLineRun(run + ["--output", "whole"], in: folder)
      }
      #expect(whole?.status == 0)
      let files = ["checkpoint.safetensors", "best.safetensors", "config.json"]
      let expected = try files.map { try content(folder, "whole/\($0)") }
      var generator = SystemRandomNumberGenerator()
      for number in 0..<kills {
        let name = "killed-\(number)"
        let often = number % 2 == 0 ? "0" : "0.2"
        var arguments = run.map { $0 == "0" ? often : $0 } + ["--output", name]
        var moments: [Double] = []
        for _ in 0..<2 {
          let moment = Double.random(in: 0...1, using: &generator) * (length / .seconds(1))
          moments.append(moment)
          _ = try CommandLineRun(arguments, in: folder, killedAfter: moment)
          guard FileManager.default.fileExists(atPath: "\(folder.path)/\(name)") else { continue }
          arguments = ["train", "--resume", name, "--quiet", "--checkpoint-seconds", often]
        }
        let end = try CommandLineRun(arguments, in: folder)
        #expect(end.status == 0, "\(moments): \(end.errors)")
        #expect(
          try files.map { try content(folder, "\(name)/\($0)") } == expected,
          "killed after \(moments) seconds")
        #expect(try steps(folder, name) == Array(stride(from: 256, through: 51200, by: 256)))
      }
    }
  }

  @Test("a complete run can be taken further")
  func goesFurther() throws {
    try CommandLineRun.inFolder { folder in
      #expect(try CommandLineRun(run + ["--output", "run"], in: folder).status == 0)
      let again = try CommandLineRun(["train", "--resume", "run", "--json"], in: folder)
      #expect(again.status == 0)
      #expect(again.json?["total_timesteps"] as? Int == 4096)
      let more = try CommandLineRun(
        ["train", "--resume", "run", "--total-timesteps", "6144", "--json"], in: folder)
      #expect(more.json?["total_timesteps"] as? Int == 6144)
      let configuration = try JSONSerialization.jsonObject(
        with: content(folder, "run/config.json"))
      #expect((configuration as? [String: Any])?["total-timesteps"] as? Int == 6144)
      #expect(try steps(folder, "run").count == 24)
    }
  }

  @Test(
    "what cannot be resumed is said in a sentence",
    arguments: [
      (["--resume", "nowhere"], 1, "There is no run in nowhere"),
      (["--resume", "run", "--learning-rate", "1"], 64, "keeps its seed and hyperparameters"),
      (["--resume", "run", "--seed", "9"], 64, "keeps its seed and hyperparameters"),
      (["--resume", "run", "--env", "acrobot"], 64, "The run is in CartPole-v1"),
      (["--resume", "run", "--output", "other"], 64, "--output cannot be given with --resume"),
      (["--resume", "run", "--total-timesteps", "2048"], 64, "can only be made longer"),
      (["--resume", "edited"], 64, "another learning-rate than the checkpoint"),
      (["--resume", "damaged"], 1, "is damaged"),
      (["--resume", "foreign"], 1, "is not a usable checkpoint"),
    ])
  func explains(arguments: [String], status: Int32, part: String) throws {
    try CommandLineRun.inFolder { folder in
      #expect(try CommandLineRun(run + ["--output", "run"], in: folder).status == 0)
      let files = FileManager.default
      for name in ["damaged", "foreign", "edited"] {
        try files.copyItem(
          atPath: folder.path + "/run", toPath: folder.path + "/\(name)")
      }
      var checkpoint = try content(folder, "run/checkpoint.safetensors")
      checkpoint[checkpoint.count - 100] ^= 1
      try checkpoint.write(to: folder.appendingPathComponent("damaged/checkpoint.safetensors"))
      try Data("PK".utf8).write(
        to: folder.appendingPathComponent("foreign/checkpoint.safetensors"))
      let edited = try String(decoding: content(folder, "run/config.json"), as: UTF8.self)
        .replacing("\"learning-rate\" : 0.001", with: "\"learning-rate\" : 0.5")
      try Data(edited.utf8).write(to: folder.appendingPathComponent("edited/config.json"))
      let before = try content(folder, "run/checkpoint.safetensors")
      let resumed = try CommandLineRun(["train"] + arguments, in: folder)
      #expect(resumed.status == status)
      #expect(resumed.errors.contains(part), "\(resumed.errors)")
      #expect(resumed.output.isEmpty)
      #expect(try content(folder, "run/checkpoint.safetensors") == before)
      #expect(try content(folder, "damaged/checkpoint.safetensors") == checkpoint)
    }
  }

  @Test("a run that ended when it was solved goes on if that is asked for")
  func goesOnWhenSolved() throws {
    try CommandLineRun.inFolder { folder in
      // Solved or not, what a run that has ended may be asked is the same.
      let ended = try CommandLineRun(run + ["--output", "run"], in: folder)
      #expect(ended.status == 0)
      let summary = try content(folder, "run/summary.json")
      let again = try CommandLineRun(["train", "--resume", "run"], in: folder)
      #expect(again.status == 0)
      #expect(again.errors.contains("The run is complete"))
      #expect(try content(folder, "run/summary.json") == summary)
      let more = try CommandLineRun(
        ["train", "--resume", "run", "--no-stop-when-solved", "--total-timesteps", "5120"],
        in: folder)
      #expect(more.status == 0, "\(more.errors)")
    }
  }

  @Test(
    "where only the best checkpoint is left, or the table is damaged, a run goes on all the same")
  func goesOnFromBest() throws {
    try CommandLineRun.inFolder { folder in
      #expect(try CommandLineRun(run + ["--output", "whole"], in: folder).status == 0)
      let paused = try CommandLineRun(run + ["--output", "run", "--pause-at", "3000"], in: folder)
      #expect(paused.status == 130)
      try FileManager.default.removeItem(
        at: folder.appendingPathComponent("run/checkpoint.safetensors"))
      try Data("nothing\nof use\n".utf8).write(
        to: folder.appendingPathComponent("run/progress.csv"))
      let resumed = try CommandLineRun(["train", "--resume", "run"], in: folder)
      #expect(resumed.status == 0)
      #expect(resumed.errors.contains("progress.csv was damaged"))
      let (whole, parts) = try (
        content(folder, "whole/checkpoint.safetensors"),
        content(folder, "run/checkpoint.safetensors")
      )
      #expect(whole == parts)
    }
  }

  @Test("a read-only folder is told of in a sentence")
  func tellsOfReadOnlyFolder() throws {
    try CommandLineRun.inFolder { folder in
      // Nobody may write to /proc, not even the superuser.
      let run = try CommandLineRun(run + ["--output", "/proc/self/run"], in: folder)
      #expect(run.status == 1)
      #expect(run.errors.contains("cannot be made"))
    }
  }

  @Test("two programs do not train in the same folder")
  func locks() throws {
    try CommandLineRun.inFolder { folder in
      let first = Process()
      first.executableURL = CommandLineRun.program
      first.currentDirectoryURL = folder
      first.arguments =
        run.map { $0 == "4096" ? "100000000" : $0 } + ["--output", "run"]
      try first.run()
      defer { first.terminate() }
      let configuration = folder.appendingPathComponent("run/progress.csv").path
      while !FileManager.default.fileExists(atPath: configuration) {
        Thread.sleep(forTimeInterval: 0.01)
      }
      let second = try CommandLineRun(["train", "--resume", "run"], in: folder)
      #expect(second.status == 1)
      #expect(second.errors.contains("Another program is training in run"))
      let before = try content(folder, "run/config.json")
      let longer = try CommandLineRun(
        ["train", "--resume", "run", "--total-timesteps", "200000000"], in: folder)
      #expect(longer.status == 1)
      #expect(try content(folder, "run/config.json") == before)
    }
  }

  @Test(
    "a full disk loses nothing that was there",
    .disabled(
      if: ProcessInfo.processInfo.environment["PPO_SANITIZED"] != nil,
      "A sanitizer's own memory is a file that the limit of the test forbids."))
  func survivesFullDisk() throws {
    try CommandLineRun.inFolder { folder in
      #expect(
        try CommandLineRun(run + ["--output", "run", "--pause-at", "1024"], in: folder).status
          == 130)
      let before = try content(folder, "run/checkpoint.safetensors")
      // No file may grow beyond a block of 512 or 1024 bytes.
      let full = try CommandLineRun(
        ["train", "--resume", "run", "--quiet"], in: folder, blocksPerFile: 1)
      #expect(full.status == 1)
      #expect(full.errors.contains("cannot be written"), "\(full.errors)")
      #expect(try content(folder, "run/checkpoint.safetensors") == before)
      #expect(try CommandLineRun(["train", "--resume", "run"], in: folder).status == 0)
      #expect(try CommandLineRun(run + ["--output", "whole"], in: folder).status == 0)
      let (whole, parts) = try (
        content(folder, "whole/checkpoint.safetensors"),
        content(folder, "run/checkpoint.safetensors")
      )
      #expect(whole == parts)
    }
  }
}
