import ArgumentParser

@main
struct PPO: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ppo",
    abstract: "Proximal Policy Optimization with balanced losses.",
    discussion: """
      Example:
        ppo train --env cartpole
        ppo evaluate runs/CartPole-v1-seed-1
      """,
    version: "0.1.0",
    subcommands: [
      Train.self, Evaluate.self, Environments.self, Balancers.self, Benchmark.self,
    ])

  static func main() {
    ProcessAge.begin()
    main(nil)
  }
}
