import ControlPresets
import Foundation
import PolicyOptimization
import Testing

@Suite("The command line")
struct CommandLineTests {
  /// A training run of a second even in a debug build.
  private let short = [
    "train", "--env", "cartpole", "--preset", "rl-zoo", "--total-timesteps", "1024",
    "--update-epochs", "2",
  ]

  @Test("trains, records and evaluates")
  func trainsAndEvaluates() throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(short + ["--seed", "7"], in: folder)
      #expect(run.status == 0)
      #expect(run.output.contains("ppo evaluate runs/CartPole-v1-seed-7"))
      #expect(run.errors.contains("100%"))
      let output = folder.appendingPathComponent("runs/CartPole-v1-seed-7")
      let files = try FileManager.default.contentsOfDirectory(atPath: output.path)
      #expect(
        files.filter { !$0.hasPrefix("events.out.tfevents.") }.sorted() == [
          "best.safetensors", "checkpoint.safetensors", "config.json", "progress.csv",
          "summary.json",
        ])
      #expect(files.count == 6)
      try checkTable(output.appendingPathComponent("progress.csv"))
      try checkConfiguration(output.appendingPathComponent("config.json"))

      let evaluation = try CommandLineRun(
        ["evaluate", "runs/CartPole-v1-seed-7", "--episodes", "5", "--json"], in: folder)
      #expect(evaluation.status == 0)
      let report = try #require(evaluation.json)
      #expect(report["environment"] as? String == "CartPole-v1")
      #expect(report["episodes"] as? Int == 5)
      for key in ["mean_return", "std_return", "median_return", "min_return", "max_return"] {
        #expect(report[key] is Double, "\(key)")
      }
      #expect(report["mean_length"] as? Double == report["mean_return"] as? Double)
      try checkSeveralSeeds(in: folder)
    }
  }

  private func checkSeveralSeeds(in folder: URL) throws {
    let arguments = ["evaluate", "runs/CartPole-v1-seed-7", "--best", "--json", "--episodes", "4"]
    let reports = try ["1", "2", "3"].map {
      try #require(CommandLineRun(arguments + ["--seed", $0], in: folder).json)
    }
    let all = try #require(CommandLineRun(arguments + ["--seeds", "3"], in: folder).json)
    #expect(all["episodes"] as? Int == 12)
    let means = reports.compactMap { $0["mean_return"] as? Double }
    #expect(all["mean_returns"] as? [Double] == means)
    let interval = try #require(all["mean_return_interval"] as? [Double])
    let mean = try #require(all["mean_return"] as? Double)
    #expect(interval[0] < mean && mean < interval[1])
    #expect(interval[0] > (all["min_return"] as? Double ?? 0))
  }

  private func checkTable(_ url: URL) throws {
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    let header = try #require(lines.first).split(separator: ",")
    #expect(lines.count == 1 + 1024 / 256)
    for name in [
      "charts/episodic_return", "charts/SPS", "losses/policy_loss", "losses/approx_kl",
      "balance/weight/value", "balance/gradient_norm/policy", "balance/share/entropy",
    ] {
      #expect(header.contains { $0 == name }, "\(name)")
    }
    for line in lines {
      #expect(line.split(separator: ",", omittingEmptySubsequences: false).count == header.count)
    }
  }

  private func checkConfiguration(_ url: URL) throws {
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    let configuration = try #require(object as? [String: Any])
    #expect(configuration["env"] as? String == "CartPole-v1")
    #expect(configuration["seed"] as? Int == 7)
    #expect(configuration["update-epochs"] as? Int == 2)
    #expect(configuration["gamma"] as? Double == 0.98)
    #expect(configuration["preset"] as? String == "rl-zoo")
  }

  @Test("prints one JSON object and nothing else with --json")
  func printsJSON() throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(short + ["--json"], in: folder)
      let summary = try #require(run.json)
      #expect(run.errors.isEmpty)
      #expect(summary["environment"] as? String == "CartPole-v1")
      #expect(summary["total_timesteps"] as? Int == 1024)
      #expect(summary["seed"] as? Int == 1)
      #expect(summary["solved_at_timestep"] is NSNull)
      #expect(summary["solved_at_seconds"] is NSNull)
      #expect(summary["output"] as? String == "runs/CartPole-v1-seed-1")
      for key in ["wall_seconds", "steps_per_second", "mean_return_100"] {
        #expect(summary[key] is Double, "\(key)")
      }
      for command in ["environments", "balancers"] {
        let list = try CommandLineRun([command, "--json"], in: folder)
        #expect((list.json?[command] as? [Any])?.isEmpty == false)
      }
    }
  }

  @Test("tells of each environment's presets and of what they reach")
  func listsPresets() throws {
    try CommandLineRun.inFolder { folder in
      let list = try #require(CommandLineRun(["environments", "--json"], in: folder).json)
      let environments = try #require(list["environments"] as? [[String: Any]])
      for environment in environments {
        let presets = try #require(environment["presets"] as? [[String: Any]])
        let first = try #require(presets.first)
        #expect(first["name"] as? String == "default")
        #expect(first["total_timesteps"] is Int)
        let reached = try #require(first["reached"] as? [String: Double])
        #expect(reached.keys.sorted() == ["iqm_return", "median_return", "min_return"])
      }
    }
  }

  @Test("takes the environment's first preset unless another is named, and writes down which")
  func choosesPresets() throws {
    try CommandLineRun.inFolder { folder in
      for (name, choice) in [("default", []), ("rl-zoo", ["--preset", "rl-zoo"])] {
        let preset = try #require(
          Preset.builtIn(for: "CartPole-v1").first { $0.name == name }?.hyperparameters)
        let run = try CommandLineRun(
          [
            "train", "--env", "cartpole", "--total-timesteps", "4096", "--gamma", "0.9", "--quiet",
            "--output", name,
          ] + choice, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let object = try JSONSerialization.jsonObject(
          with: Data(contentsOf: folder.appendingPathComponent("\(name)/config.json")))
        let configuration = try #require(object as? [String: Any])
        #expect(configuration["preset"] as? String == name)
        #expect(configuration["gamma"] as? Double == 0.9)
        #expect(configuration["num-envs"] as? Int == preset.environmentCount)
        #expect(configuration["learning-rate"] as? Double == preset.learningRate)
      }
    }
  }

  @Test(
    "writes the same checkpoint on any number of threads and with every kernel",
    arguments: [["--shared-trunk", "--balancer", "gradnorm"], []])
  func isReproducible(options: [String]) throws {
    try CommandLineRun.inFolder { folder in
      var checkpoints: Set<Data> = []
      for (threads, kernels) in [
        ("1", "portable"), ("2", "portable"), ("1", ""), ("2", ""), ("2", "avx2"), ("2", "avx512"),
      ] {
        let name = "\(threads)-\(kernels)"
        let run = try CommandLineRun(
          short + options + ["--threads", threads, "--output", name], in: folder,
          environment: ["PPO_KERNELS": kernels])
        if run.status == 64 && run.errors.contains("this processor has") { continue }
        #expect(run.status == 0)
        checkpoints.insert(
          try Data(contentsOf: folder.appendingPathComponent("\(name)/checkpoint.safetensors")))
      }
      #expect(checkpoints.count == 1)
    }
  }

  @Test("overwrites nothing")
  func overwritesNothing() throws {
    try CommandLineRun.inFolder { folder in
      let first = try CommandLineRun(short + ["--output", "run"], in: folder)
      #expect(first.status == 0)
      let checkpoint = folder.appendingPathComponent("run/checkpoint.safetensors")
      let before = try Data(contentsOf: checkpoint)
      let second = try CommandLineRun(short + ["--output", "run", "--seed", "2"], in: folder)
      #expect(second.status == 1)
      #expect(second.errors.contains("exists already"))
      #expect(try Data(contentsOf: checkpoint) == before)
      // Without a name, a free one is found.
      for name in ["CartPole-v1-seed-1", "CartPole-v1-seed-1-2"] {
        #expect(try CommandLineRun(short, in: folder).output.contains("runs/\(name);"))
      }
    }
  }

  @Test("gives runs that start at the same time folders of their own")
  func parallelRunsAreApart() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ppo-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let short = short
    let outputs = try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<6 {
        group.addTask {
          try CommandLineRun(short + ["--json"], in: folder).json?["output"] as? String
        }
      }
      return try await group.reduce(into: Set<String>()) { if let name = $1 { $0.insert(name) } }
    }
    #expect(outputs.count == 6)
  }

  @Test("keeps what it has when it is interrupted")
  func keepsInterruptedRuns() throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(
        ["train", "--env", "cartpole", "--total-timesteps", "1000000000", "--output", "run"],
        in: folder, interruptedAfter: 2)
      #expect(run.status == 130)
      #expect(run.errors.contains("go on with: ppo train --resume run"))
      let evaluation = try CommandLineRun(["evaluate", "run", "--episodes", "3"], in: folder)
      #expect(evaluation.status == 0)
    }
  }

  @Test("fails with status 1 and a usable checkpoint where numbers blow up")
  func failsWithGoodCheckpoint() throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(
        short + ["--learning-rate", "1e300", "--output", "run"], in: folder)
      #expect(run.status == 1)
      #expect(run.errors.contains("must be finite"))
      #expect(try CommandLineRun(["evaluate", "run", "--episodes", "3"], in: folder).status == 0)
    }
  }

  @Test(
    "says in a sentence what is wrong",
    arguments: [
      (["train", "--env", "cartpoel"], 64, "CartPole-v1"),
      (["train", "--env", "cartpole", "--balancer", "gradnrom"], 64, "gradnorm"),
      (["train", "--env", "cartpole", "--num-envs", "-3"], 64, "--num-envs is -3"),
      (["train", "--env", "cartpole", "--num-steps", "0"], 64, "--num-steps is 0"),
      (["train", "--env", "cartpole", "--total-timesteps", "100"], 64, "less than one rollout"),
      (["train", "--env", "cartpole", "--learning-rate", "x"], 64, "learning-rate"),
      (["train", "--env", "cartpole", "--hidden-sizes", "64,no"], 64, "hidden-sizes"),
      (["train", "--env", "cartpole", "--hidden-sizes", "64,,64"], 64, "hidden-sizes"),
      (["train", "--env", "cartpole", "--max-grad-norm", "-inf"], 64, "--max-grad-norm is -inf"),
      (["train", "--env", "cartpole", "--num-envs", "2000000000"], 64, "--num-envs is 2000000000"),
      (["train", "--env", "cartpole", "--threads", "0"], 64, "--threads is 0"),
      (["train", "--env", "cartpole", "--preset", "nothing"], 64, "rl-zoo"),
      (["train", "--env", "cartpole", "--policy-std", "gsde"], 64, "--policy-std"),
      (["train", "--env", "cartpole", "--target-entropy", "2", "--ent-coef", "1"], 64, "nats"),
      (["train", "--env", "cartpole", "--output", "/proc/no/run"], 1, "cannot be made"),
      (["train"], 64, "--env"),
      (["train", "cartpole"], 64, "--env cartpole"),
      (["train", "--env", "cartpole", "8", "--num-envs"], 64, "num-envs"),
      (["train", "--env", "cartpole", "64"], 64, "'64' is not expected here"),
      (["train", "--env", "cartpole", "--env", "acrobot"], 64, "--env is given twice"),
      (["train", "--env=cartpole", "--gamma", "1", "--gamma=0.9"], 64, "--gamma is given twice"),
      (["train", "--env", "cartpole", "--lr", "1"], 64, "--lr is called --learning-rate here"),
      (["train", "--env", "cartpole", "--n-envs=4"], 64, "--n-envs is called --num-envs here"),
      (["train", "--env", "cartpole", "--n-timesteps", "1"], 64, "is called --total-timesteps"),
      (["train", "--environment", "cartpole"], 64, "--environment is called --env here"),
      (["train", "-e", "cartpole"], 64, "-e is called --env here"),
      (["train", "--env", "cartpole", "--num-minibatches", "4"], 64, "--minibatch-size"),
      (["train", "--env", "cartpole", "--learning-rat", "1"], 64, "--learning-rate"),
      (["evaluate", "x", "--seed", "1", "--seed", "2"], 64, "--seed is given twice"),
      (["plot", "x", "-o", "a.svg", "--output", "b.svg"], 64, "--output is given twice"),
      (["evaluate", "nowhere"], 1, "no readable checkpoint"),
      (["evaluate", "nowhere", "--episodes", "0"], 64, "--episodes is 0"),
      (["frobnicate"], 64, "frobnicate"),
    ])
  func explainsMistakes(arguments: [String], status: Int32, part: String) throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(arguments, in: folder)
      #expect(run.status == status)
      #expect(run.errors.contains(part), "\(run.errors)")
      #expect(run.output.isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test("refuses a kernel level that this processor does not have")
  func refusesUnknownLevel() throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun(short, in: folder, environment: ["PPO_KERNELS": "mmx"])
      #expect(run.status == 64)
      #expect(run.errors.contains("PPO_KERNELS is 'mmx'"))
    }
  }

  @Test(
    "shows an example in the help of every command",
    arguments: [
      "train", "evaluate", "export", "watch", "record", "compare", "tune", "plot", "environments",
      "balancers", "benchmark",
    ])
  func helpHasExamples(command: String) throws {
    try CommandLineRun.inFolder { folder in
      let run = try CommandLineRun([command, "--help"], in: folder)
      #expect(run.status == 0)
      #expect(run.output.contains("ppo \(command)"))
      #expect(run.output.contains("Example"))
    }
  }
}
