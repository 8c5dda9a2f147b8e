import ControlEnvironments
import EnvironmentKit
import RandomStreams
import Testing

/// What the recordings cannot show: limits that no recorded episode touched, and starts.
@Suite("Environments declare what Gymnasium's do")
struct GymnasiumDeclarationTests {
  /// The lowest and the highest of each observation of 4,000 starts.
  private func startingBox<Base: Environment>(
    of base: Base
  ) -> (lowest: [Float], highest: [Float]) {
    var stream = RandomStream(seed: 12, purpose: .environment, index: 0)
    let starts = (0..<4_000).map { _ in
      base.observation(of: base.initialState(using: &stream))
    }
    let components = 0..<base.observationSpace.count
    return (
      components.map { component in starts.map { $0[component] }.min() ?? .nan },
      components.map { component in starts.map { $0[component] }.max() ?? .nan }
    )
  }

  /// Expects starts to fill a box; a hundredth of its size may be missing at its sides.
  private func expectStarts<Base: Environment>(
    of base: Base, between lowest: [Float], and highest: [Float]
  ) {
    let box = startingBox(of: base)
    for component in lowest.indices {
      let margin = (highest[component] - lowest[component]) / 100
      let (low, high) = (box.lowest[component], box.highest[component])
      #expect(lowest[component] <= low && low <= lowest[component] + margin, "\(component)")
      #expect(highest[component] - margin <= high && high <= highest[component], "\(component)")
    }
  }

  @Test("CartPole-v1")
  func cartPole() {
    let task = CartPole()
    #expect(task.actionSpace == .discrete(count: 2))
    #expect(
      task.observationSpace == BoxSpace(symmetric: [4.8, .infinity, 0.418_879_03, .infinity]))
    #expect(task.timeLimit == 500 && task.rewardThreshold == 475)
    expectStarts(of: task, between: [-0.05, -0.05, -0.05, -0.05], and: [0.05, 0.05, 0.05, 0.05])
  }

  @Test("CartPole-v1 ends beyond 2.4 m and beyond 12°, to either side")
  func cartPoleLimits() {
    var task = CartPole()
    task.timeStep = 0
    func ends(_ position: Double, _ angle: Double) -> Bool {
      var state = CartPole.State(
        position: position, velocity: 0, angle: angle, angularVelocity: 0)
      return task.step(&state, action: [1]).terminated
    }
    let angle = 12 * 2 * Double.pi / 360
    for side in [-1.0, 1] {
      #expect(!ends(side * 2.4, 0) && ends(side * (2.4).nextUp, 0))
      #expect(!ends(0, side * angle) && ends(0, side * angle.nextUp))
    }
  }

  @Test("Acrobot-v1")
  func acrobot() {
    let task = Acrobot()
    #expect(task.actionSpace == .discrete(count: 3))
    #expect(
      task.observationSpace == BoxSpace(symmetric: [1, 1, 1, 1, 12.566_371, 28.274_334]))
    #expect(task.timeLimit == 500 && task.rewardThreshold == -100)
    let (low, high) = startingBox(of: task)
    for component in [1, 3, 4, 5] {
      #expect(-0.1 <= low[component] && low[component] < -0.098)
      #expect(0.098 < high[component] && high[component] <= 0.1)
    }
  }

  @Test("Acrobot-v1 ends above the line and limits the velocities")
  func acrobotLimits() {
    var task = Acrobot()
    task.timeStep = 0
    func outcome(_ first: Double, _ second: Double) -> Outcome {
      var state = Acrobot.State(
        firstAngle: first, secondAngle: second, firstVelocity: 0, secondVelocity: 0)
      return task.step(&state, action: [1])
    }
    // With the lower link level, the end is as high as the first joint turns it.
    #expect(outcome(.pi, 0.51 * .pi) == Outcome(reward: -1, terminated: false))
    #expect(outcome(.pi, 0.49 * .pi) == Outcome(reward: 0, terminated: true))
    var fast = Acrobot.State(
      firstAngle: 3, secondAngle: 7, firstVelocity: 20, secondVelocity: -40)
    _ = task.step(&fast, action: [1])
    #expect(fast.firstVelocity == 4 * .pi && fast.secondVelocity == -9 * .pi)
    #expect(abs(fast.secondAngle - (7 - 2 * .pi)) < 1e-15)
  }

  @Test("MountainCar-v0 and MountainCarContinuous-v0")
  func mountainCars() {
    let (choice, throttle) = (MountainCar(), MountainCarContinuous())
    #expect(choice.actionSpace == .discrete(count: 3))
    #expect(throttle.actionSpace == .box(BoxSpace(lowest: [-1], highest: [1])))
    let space = BoxSpace(lowest: [-1.2, -0.07], highest: [0.6, 0.07])
    #expect(choice.observationSpace == space && throttle.observationSpace == space)
    #expect(choice.timeLimit == 200 && choice.rewardThreshold == -110)
    #expect(throttle.timeLimit == 999 && throttle.rewardThreshold == 90)
    expectStarts(of: choice, between: [-0.6, 0], and: [-0.4, 0])
    expectStarts(of: throttle, between: [-0.6, 0], and: [-0.4, 0])
  }

  @Test("The left wall takes the car's speed, and the speed is limited")
  func mountainCarWall() {
    var state = MountainCarState(position: -1.19, velocity: -0.069)
    _ = MountainCar().step(&state, action: [0])
    #expect(state == MountainCarState(position: -1.2, velocity: 0))
    var fast = MountainCarState(position: 0, velocity: 0.2)
    _ = MountainCar().step(&fast, action: [1])
    #expect(fast.velocity == 0.07)
  }

  @Test("Pendulum-v1")
  func pendulum() {
    let task = Pendulum()
    #expect(task.actionSpace == .box(BoxSpace(lowest: [-2], highest: [2])))
    #expect(task.observationSpace == BoxSpace(symmetric: [1, 1, 8]))
    #expect(task.timeLimit == 200 && task.rewardThreshold == nil)
    expectStarts(of: task, between: [-1, -1, -1], and: [1, 1, 1])
  }

  @Test("Pendulum-v1 limits the velocity, and its worst reward is −16.27")
  func pendulumLimits() {
    var state = Pendulum.State(angle: 5 * .pi, angularVelocity: 8)
    let outcome = Pendulum().step(&state, action: [7])
    #expect(abs(outcome.reward + 16.273_604_4) < 1e-6)
    #expect(state.angularVelocity == 8 && !outcome.terminated)
  }
}
