/// The program as a user meets it: how soon it begins, how soon CartPole is solved, how much memory
/// it holds.
struct ProgramSpeed {
  let journal: Journal
  let program: Program
  let threads: [Int]

  func measure() throws {
    for threads in threads {
      let train = ["train", "--env", "cartpole", "--threads", "\(threads)"]
      try seconds("whole process", "train --env cartpole", train, threads)
      try seconds(
        "whole process", "train --env cartpole --preset rl-zoo", train + ["--preset", "rl-zoo"],
        threads)
      try journal.measure(
        "from the start to solved", setting: "train --env cartpole, seeds 1 to 10", unit: "s",
        threads: threads, runs: 10
      ) { run in
        (
          try program.run(train + ["--stop-when-solved", "--seed", "\(max(run, 1))"]).seconds, nil
        )
      }
    }
    try seconds(
      "whole process", "of one step of training", ["train", "--env", "cartpole"] + oneStep, 1)
    try measureMemory()
  }

  private var oneStep: [String] {
    [
      "--threads", "1", "--num-envs", "1", "--num-steps", "1", "--minibatch-size", "1",
      "--update-epochs", "1", "--total-timesteps", "1", "--normalize-advantages", "none",
    ]
  }

  private func seconds(_ name: String, _ setting: String, _ arguments: [String], _ threads: Int)
    throws
  {
    try journal.measure(name, setting: setting, unit: "s", threads: threads) { _ in
      (try program.run(arguments).seconds, nil)
    }
  }

  private func measureMemory() throws {
    let common = [
      "train", "--env", "cartpole", "--threads", "2", "--update-epochs", "4",
      "--separate-networks", "--hidden-sizes", "64,64",
    ]
    for (environments, steps, minibatch) in [(64, 128, 2048), (65_536, 8, 65_536)] {
      try journal.measure(
        "memory", setting: "\(environments) × \(steps), minibatch \(minibatch)", unit: "MB",
        threads: 2, runs: 3
      ) { _ in
        let run = try program.run(
          common + [
            "--num-envs", "\(environments)", "--num-steps", "\(steps)", "--minibatch-size",
            "\(minibatch)", "--total-timesteps", "\(2 * max(environments * steps, 131_072))",
          ])
        return (run.peakMemory, nil)
      }
    }
  }
}
