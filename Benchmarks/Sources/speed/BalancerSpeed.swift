/// What balancers cost: the time of a training with each, over the time with fixed coefficients in
/// the same round.
struct BalancerSpeed {
  let journal: Journal

  func measure() throws {
    for (name, minibatch) in [("rl-zoo", 256), ("larger", 2048)] {
      for balancer in ["log", "gradnorm", "anchored-norm", "upgrad"] {
        let fixed = Setting(
          environments: minibatch / 32, steps: 32, minibatch: minibatch, epochs: 20,
          sharesTrunk: true)
        var other = fixed
        other.balancer = balancer
        try journal.measure(
          "\(balancer) over fixed", setting: "\(name), \(fixed.text)", unit: "times the time"
        ) { _ in
          let first = try fixed.train(steps: 100 * minibatch, threads: 1).seconds
          let second = try other.train(steps: 100 * minibatch, threads: 1).seconds
          return (second / first, nil)
        }
      }
    }
  }
}
