import Foundation
import Testing

@Suite("Configuration files")
struct ConfigurationTests {
  private let short = [
    "--total-timesteps", "1024", "--update-epochs", "2", "--hidden-sizes", "16", "--quiet",
  ]

  @Test("the config.json of a run repeats it exactly")
  func repeatsRuns() throws {
    try CommandLineRun.inFolder { folder in
      let first = try CommandLineRun(
        [
          "train", "--env", "pendulum", "--seed", "5", "--max-grad-norm", "inf", "--target-kl",
          "0.03", "--normalize-returns", "--num-steps", "64", "--eval-every", "700",
          "--eval-episodes", "3", "--policy-std", "gsde", "--sde-sample-freq", "4",
          "--log-std-init", "-1", "--squash-actions", "--recurrent", "gru", "--recurrent-size", "8",
          "--sequence-length", "8", "--output", "first",
        ] + short, in: folder)
      #expect(first.status == 0)
      let second = try CommandLineRun(
        ["train", "--config", "first/config.json", "--output", "second", "--quiet"], in: folder)
      #expect(second.status == 0)
      for name in ["config.json", "checkpoint.safetensors"] {
        let (one, two) = try (
          Data(contentsOf: folder.appendingPathComponent("first/\(name)")),
          Data(contentsOf: folder.appendingPathComponent("second/\(name)"))
        )
        #expect(one == two, "\(name)")
      }
    }
  }

  @Test("a file may have comments, name a few values, and be overridden")
  func readsComments() throws {
    try CommandLineRun.inFolder { folder in
      try Data(
        """
        {
          // Quick and small.
          "env": "cartpole", /* loosely named */
          "learning-rate": 5e-4,
          "target-kl": null,
          "seed": 3 // "three
        }
        """.utf8
      ).write(to: folder.appendingPathComponent("my.json"))
      let run = try CommandLineRun(
        ["train", "--config", "my.json", "--seed", "4", "--output", "run"] + short, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      let object = try JSONSerialization.jsonObject(
        with: Data(contentsOf: folder.appendingPathComponent("run/config.json")))
      let configuration = try #require(object as? [String: Any])
      #expect(configuration["learning-rate"] as? Double == 5e-4)
      #expect(configuration["gamma"] as? Double == 0.98)  // of the preset
      #expect(configuration["seed"] as? Int == 4)
      #expect(configuration["target-kl"] as? String == "none")
    }
  }

  @Test(
    "what is wrong in a file is said in a sentence",
    arguments: [
      (#"{"env": "cartpole", "learning-rat": 1}"#, #"the key "learning-rat""#),
      (#"{"env": "cartpole", "learning-rat": 1}"#, #"is "learning-rate"."#),
      (#"{"env": "cartpole", "lr": 1}"#, #"here it is called "learning-rate"."#),
      (#"{"env": "cartpole", "gamma": "high"}"#, #""gamma" is not a number in the range"#),
      (#"{"env": "cartpole", "gamma": 2}"#, "--gamma is 2.0"),
      (#"{"env": "cartpole", "seed": -1}"#, #""seed" is not a whole number from 0"#),
      (#"{"env": "cartpole", "balancer": "lgo"}"#, "log"),
      (#"{"env": "cartpole", "num-envs": 8.5}"#, #""num-envs" is not a whole number."#),
      (#"{"env": "cartpole", "learning-rate": 1e999}"#, #""learning-rate" is not a number"#),
      (#"{"env": "cartpole", "optimizer": "adm"}"#, #"is not one of adam, adamw"#),
      (#"{"env": "cartpole", "seed": 1, "seed": 2}"#, "gives a key twice"),
      (#"{"seed": 1}"#, "give --env"),
      (#"{"env": "cartpole" "#, "cannot be used"),
      (#"[1, 2]"#, "cannot be used"),
      ("", "cannot be used"),
    ])
  func explains(content: String, part: String) throws {
    try CommandLineRun.inFolder { folder in
      try Data(content.utf8).write(to: folder.appendingPathComponent("my.json"))
      let run = try CommandLineRun(["train", "--config", "my.json"], in: folder)
      #expect(run.status == 64)
      #expect(run.errors.contains(part), "\(run.errors)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["my.json"])
    }
  }
}
