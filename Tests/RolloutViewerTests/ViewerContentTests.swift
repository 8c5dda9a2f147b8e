import EnvironmentKit
import Testing

@testable import RolloutViewer

@Suite("What a window shows")
struct ViewerContentTests {
  private let size = PicturePoint(960, 600)

  private func texts(_ picture: Picture?) -> [String] {
    picture?.layers.joined().compactMap { mark in
      if case .text(let text, _, _, _, _) = mark.shape { text } else { nil }
    } ?? []
  }

  private func show(_ agent: any Agent = Habit.second) throws -> ViewerContent {
    let show = try ViewerContent(of: Staircase(), by: agent, seed: 1)
    try show.proceed(to: 0)
    return show
  }

  @Test("A picture is given out only when something has changed")
  func changes() throws {
    let show = try show()
    #expect(show.picture(size: size) != nil)
    #expect(show.picture(size: size) == nil)
    try show.proceed(to: 0.05)
    #expect(show.picture(size: size) == nil)
    try show.proceed(to: 0.15)
    #expect(show.picture(size: size) != nil)
    show.press(.character("h"))
    #expect(texts(show.picture(size: size)).contains("Keys"))
    show.invalidate()
    #expect(show.picture(size: size) != nil)
  }

  @Test("The panel names what is to be known")
  func panel() throws {
    let show = try show()
    try show.proceed(to: 0.35)
    let texts = texts(show.picture(size: size))
    for text in ["Staircase", "3", "6.00", "4.00", "75.0%", "25.0%", "step of 8"] {
      #expect(texts.contains(text), "\(text) in \(texts)")
    }
  }

  @Test("An episode that has ended is shown for a while, and then the next begins")
  func ending() throws {
    let show = try show()
    try show.proceed(to: 0.5)
    #expect(texts(show.picture(size: size)).contains("return · terminated"))
    try show.proceed(to: 0.9)
    #expect(show.picture(size: size).map(texts)?.contains("return · terminated") ?? true)
    try show.proceed(to: 1.05)
    let later = texts(show.picture(size: size))
    #expect(later.contains("2") && !later.contains("return · terminated"))
  }

  @Test("A new episode begins when it is asked for")
  func restart() throws {
    let show = try show()
    try show.proceed(to: 0.25)
    show.press(.character("r"))
    try show.proceed(to: 0.26)
    #expect(texts(show.picture(size: size)).contains("0"))
  }

  @Test("Sixteen environments are stepped and drawn in the grid, and only one without")
  func grid() throws {
    let agent = Habit.second
    let show = try show(agent)
    show.press(.character("d"))
    try show.proceed(to: 0.15)
    #expect(agent.draws.last??.map(\.environment) == [0])
    show.press(.character("g"))
    try show.proceed(to: 0.25)
    #expect(agent.draws.last??.map(\.environment) == Array(0..<16))
    #expect(agent.draws.last??.map(\.step) == [1] + Array(repeating: 0, count: 15))
    let cards = texts(show.picture(size: size)).filter { $0 == "2.00" }
    #expect(cards.count >= 15)
  }

  @Test("Draws are asked for only where actions are drawn")
  func draws() throws {
    let agent = Habit.second
    let show = try show(agent)
    try show.proceed(to: 0.1)
    #expect(agent.draws.count == 1 && agent.draws[0] == nil)
  }

  @Test("A person acts with the keys, and other keys keep their meaning")
  func person() throws {
    let show = try ViewerContent(of: Staircase(), by: KeyboardAgent(choices: 3), seed: 1)
    try show.proceed(to: 0)
    show.press(.right)
    try show.proceed(to: 0.15)
    #expect(texts(show.picture(size: size)).contains("2.00"))
    show.press(.right, isDown: false)
    try show.proceed(to: 0.25)
    #expect(texts(show.picture(size: size)).contains("3.00"))
    show.press(.character("0"))
    try show.proceed(to: 0.35)
    show.press(.character(" "))
    #expect(show.state.isPaused)
    #expect(texts(show.picture(size: size)).contains("3.00"))
  }

  @Test("Arrows are held, digits stay")
  func keys() {
    let two = KeyboardAgent(choices: 2)
    func choice(_ person: KeyboardAgent) -> Float { person.decide([], drawing: nil)[0].action[0] }
    two.press(.left, isDown: true)
    #expect(choice(two) == 0)
    two.press(.right, isDown: true)
    #expect(choice(two) == 1)
    two.press(.right, isDown: false)
    #expect(choice(two) == 0)
    two.press(.left, isDown: false)
    #expect(choice(two) == 0)
    let four = KeyboardAgent(choices: 4)
    #expect(four.press(.character("3"), isDown: true))
    four.press(.character("3"), isDown: false)
    #expect(choice(four) == 3)
    #expect(!four.press(.character("4"), isDown: true))
    #expect(!four.press(.tab, isDown: true))
  }

  @Test("Losses and their weights are shown while training")
  func training() throws {
    let show = try show()
    show.training = TrainingView(
      timestep: 50, totalTimesteps: 100, meanReturn: 12.5,
      terms: [
        .init(name: "policy", loss: 0.5, weight: 1), .init(name: "value", loss: 8, weight: 0.25),
      ])
    let texts = texts(show.picture(size: size))
    for text in ["mean return 12.5", "policy", "0.50", "value", "8.00", "0.25"] {
      #expect(texts.contains(text), "\(text)")
    }
  }

  @Test(
    "While training the panel is drawn four times a second, and the scene as often as it changes")
  func panelRate() throws {
    let show = try show()
    show.press(.character("+"))
    func step(to time: Double) throws -> [String] {
      try show.proceed(to: time)
      return texts(show.picture(size: size))
    }
    #expect(try step(to: 0.06).contains("1"))
    show.training = TrainingView(
      timestep: 1, totalTimesteps: 2, meanReturn: nil, terms: [])
    let scenes = try [0.11, 0.16].map { time -> Int in
      try show.proceed(to: time)
      let picture = show.picture(size: size)
      #expect(texts(picture).contains("1") && !texts(picture).contains("training"))
      return picture?.layers[1].count ?? 0
    }
    #expect(scenes == [3, 4])
    #expect(try step(to: 0.21).contains("1"))
    // A key is answered at once.
    show.press(.character(" "))
    let paused = texts(show.picture(size: size))
    #expect(paused.contains("4") && paused.contains("training"))
  }

  @Test("An environment without a picture is drawn as bars, one for each number")
  func bars() throws {
    var environment = Staircase()
    environment.drawsItself = false
    let stage = try WatchedEnvironments(environment, count: 1, agent: Habit.second, seed: 1)
    try stage.advance(0..<1, isDeterministic: true)
    let shapes = try #require(stage.views(0..<1).first).scene.shapes
    #expect(shapes.count == 3)
    let up = Scene.Shape.rectangle(
      at: Scene.Point(0, 0.05), width: 0.7, height: 0.1, role: .body)
    let down = Scene.Shape.rectangle(
      at: Scene.Point(1, -0.25), width: 0.7, height: 0.5, role: .body)
    for (bar, expected) in zip(shapes, [up, down]) {
      guard case .polygon(let points) = bar.geometry,
        case .polygon(let expectedPoints) = expected.geometry
      else { return #expect(Bool(false), "A bar is a polygon.") }
      for (point, expected) in zip(points, expectedPoints) {
        #expect(abs(point.x - expected.x) < 1e-6 && abs(point.y - expected.y) < 1e-6)
      }
    }
  }

  @Test(
    "Small and odd windows show what fits",
    arguments: [(960, 600), (600, 960), (300, 200), (64, 64), (200, 900), (2400, 500)])
  func sizes(width: Int, height: Int) throws {
    let show = try show()
    show.press(.character("g"))
    try show.proceed(to: 0.2)
    show.press(.character("h"))
    let picture = try #require(
      show.picture(size: PicturePoint(Double(width), Double(height))))
    var canvas = Canvas(width: width, height: height)
    canvas.show(picture)
    #expect(Set(canvas.pixels).count > 3)
    let hasPanel = texts(picture).contains("Staircase")
    #expect(hasPanel == (width >= 264 && max(width, height) >= 528))
  }
}
