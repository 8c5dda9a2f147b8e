/// Steps a second of whole trainings, and how near their arithmetic is to the peak of the processor.
struct TrainingSpeed {
  let journal: Journal
  let threads: [Int]

  /// The common setting, and the update of small batches.
  func measure() throws {
    for threads in threads {
      try throughput(.common, steps: 1_000_000, threads: threads)
      try update(
        Setting(environments: 8, steps: 32, minibatch: 256, epochs: 20), steps: 25_600,
        threads: threads)
      try update(.common, steps: 163_840, threads: threads)
    }
  }

  /// Wider networks with larger minibatches.
  func measureWidths() throws {
    for threads in threads {
      for (width, steps) in [(256, 131_072), (1024, 8192)] {
        let setting = Setting(
          environments: 64, steps: 128, minibatch: 4096, widths: [width, width])
        try update(setting, steps: steps, threads: threads)
      }
    }
  }

  /// Environment steps a second from beginning to end.
  @discardableResult
  func throughput(_ setting: Setting, steps: Int, threads: Int, runs: Int? = nil) throws
    -> Measurement
  {
    try journal.measure(
      "training", setting: setting.text, unit: "steps/s", threads: threads, runs: runs
    ) { _ in
      let peak = Machine.peak(threads: threads)
      let run = try setting.train(steps: steps, threads: threads)
      let rate = Double(run.steps) / run.seconds
      return (rate, rate * setting.operationsOfStep / 1e9 / peak)
    }
  }

  /// Billions of operations a second in the update alone: what a training with twice the epochs
  /// takes longer.
  @discardableResult
  func update(_ setting: Setting, steps: Int, threads: Int) throws -> Measurement {
    var twice = setting
    twice.epochs *= 2
    return try journal.measure(
      "update", setting: setting.text, unit: "GFLOP/s", threads: threads
    ) { _ in
      let peak = Machine.peak(threads: threads)
      let once = try setting.train(steps: steps, threads: threads)
      let more = try twice.train(steps: steps, threads: threads)
      let operations = 3 * setting.operationsOfPass * Double(setting.epochs * once.steps)
      let rate = operations / (more.seconds - once.seconds) / 1e9
      return (rate, rate / peak)
    }
  }
}
