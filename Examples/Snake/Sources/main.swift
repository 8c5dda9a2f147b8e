import PPOCommand

/// Snake on a board of 8 × 8 cells: eat to grow, and hit neither a wall nor yourself.
///
/// An episode terminates when the snake hits something or fills the board. It is truncated by the
/// environment when the snake starves: after 100 steps without food.
///
/// Observations: for each neighbour of the head (up, right, down, left) whether it is blocked and how
/// many cells are free in that direction, and the way to the food, in units of the board's size.
/// Actions: the direction of the next step; the one back into the neck is masked.
/// Reward: 1 for food, -1 for a collision.
struct Snake: Environment {
  let name = "Snake-v1"
  let observationSpace = BoxSpace(
    lowest: [Float](repeating: 0, count: 8) + [-1, -1], highest: [Float](repeating: 1, count: 10))
  let observationNames = [
    "blocked up", "blocked right", "blocked down", "blocked left", "free up", "free right",
    "free down", "free left", "food right", "food up",
  ]
  let actionSpace = ActionSpace.discrete(count: 4)
  let actionNames = ["up", "right", "down", "left"]
  let timeLimit: Int? = nil
  let stepsPerSecond = 10.0
  let hasActionMask = true

  struct Cell: Sendable, Codable, Hashable {
    var x: Int
    var y: Int

    func neighbour(_ direction: Int) -> Cell {
      Cell(x: x + [0, 1, 0, -1][direction], y: y + [1, 0, -1, 0][direction])
    }
  }

  struct State: Sendable, Codable {
    /// The cells of the snake, its head first.
    var body: [Cell]
    var food: Cell
    var stepsSinceFood = 0
  }

  static let size = 8

  func initialState(using generator: inout RandomStream) -> State {
    let body = [Cell(x: 4, y: 4), Cell(x: 3, y: 4), Cell(x: 2, y: 4)]
    return State(body: body, food: Self.freeCell(beside: body, using: &generator) ?? body[0])
  }

  func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    let head = state.body[0].neighbour(Int(action[0]))
    if isBlocked(head, in: state) { return Outcome(reward: -1, terminated: true) }
    state.body.insert(head, at: 0)
    guard head == state.food else {
      state.body.removeLast()
      state.stepsSinceFood += 1
      return Outcome(reward: 0, truncated: state.stepsSinceFood == 100)
    }
    state.stepsSinceFood = 0
    guard let food = Self.freeCell(beside: state.body, using: &generator) else {
      return Outcome(reward: 1, terminated: true)
    }
    state.food = food
    return Outcome(reward: 1)
  }

  func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    let head = state.body[0]
    for direction in 0..<4 {
      var (cell, free) = (head.neighbour(direction), 0)
      observation[direction] = isBlocked(cell, in: state) ? 1 : 0
      while !isBlocked(cell, in: state) { (cell, free) = (cell.neighbour(direction), free + 1) }
      observation[4 + direction] = Float(free) / Float(Self.size)
    }
    observation[8] = Float(state.food.x - head.x) / Float(Self.size)
    observation[9] = Float(state.food.y - head.y) / Float(Self.size)
  }

  func writeActionMask(of state: State, into mask: inout MutableSpan<Bool>) {
    for direction in 0..<4 { mask[direction] = state.body[0].neighbour(direction) != state.body[1] }
  }

  func scene(of state: State) -> Scene {
    let size = Double(Self.size)
    func square(_ cell: Cell, _ role: Scene.Role) -> Scene.Shape {
      .rectangle(
        at: Scene.Point(Double(cell.x) + 0.5, Double(cell.y) + 0.5), width: 0.9, height: 0.9,
        role: role)
    }
    return Scene(
      center: Scene.Point(size / 2, size / 2), width: size, height: size,
      shapes: [square(state.food, .target)] + state.body.map { square($0, .body) },
      movesSmoothly: false)
  }

  /// Whether the head cannot enter a cell; the tail's end moves away in the same step.
  private func isBlocked(_ cell: Cell, in state: State) -> Bool {
    let board = 0..<Self.size
    return !board.contains(cell.x) || !board.contains(cell.y)
      || state.body.dropLast().contains(cell)
  }

  private static func freeCell(
    beside body: [Cell], using generator: inout RandomStream
  ) -> Cell? {
    let cells = (0..<size * size).map { Cell(x: $0 % size, y: $0 / size) }
    let free = cells.filter { !body.contains($0) }
    return free.isEmpty ? nil : free[generator.integer(below: free.count)]
  }
}

PPOCommand.main(environments: [Snake()])
