import EnvironmentKit
import RandomStreams

/// A ball falls straight down a picture; a paddle at the bottom, moved left or right, is to be under it.
///
/// The picture has bytes, `[8, 8, 2]`: the ball in one channel and the paddle in the other. The place of
/// the paddle can be a number beside the picture instead.
package struct Catch: Environment {
  package struct State: Sendable, Codable {
    var ball: Int
    var paddle: Int
    var row = 0
  }

  package static let side = 8

  package var name: String { isPaddleInPicture ? "Catch" : "CatchBeside" }
  package let observationLayout: ObservationLayout
  package let observationSpace: BoxSpace
  package let actionSpace = ActionSpace.discrete(count: 3)
  package let timeLimit: Int? = nil
  private let isPaddleInPicture: Bool
  /// What a pixel is where something is.
  private let brightness: Float

  package init(isPaddleInPicture: Bool = true, brightness: Float = 255) {
    self.isPaddleInPicture = isPaddleInPicture
    self.brightness = brightness
    let picture = ObservationLayout.Part(
      "picture", shape: [Self.side, Self.side, 2], element: .uint8, lowest: 0, highest: 255)
    let paddle = ObservationLayout.Part(
      "paddle", shape: [1], lowest: 0, highest: Float(Self.side - 1))
    // The number first, so that the picture begins inside of the row.
    observationLayout = ObservationLayout(isPaddleInPicture ? [picture] : [paddle, picture])
    observationSpace = observationLayout.space
  }

  package func initialState(using generator: inout RandomStream) -> State {
    State(ball: generator.integer(below: Self.side), paddle: generator.integer(below: Self.side))
  }

  package func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    let move = action.choice(among: 3) - 1
    state.paddle = min(max(state.paddle + move, 0), Self.side - 1)
    state.row += 1
    let isDown = state.row == Self.side - 1
    return Outcome(
      reward: isDown ? (state.ball == state.paddle ? 1 : -1) : 0, terminated: isDown)
  }

  package func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    let first = isPaddleInPicture ? 0 : 1
    for index in observation.indices { observation[index] = 0 }
    observation[first + (state.row * Self.side + state.ball) * 2] = brightness
    if isPaddleInPicture {
      observation[((Self.side - 1) * Self.side + state.paddle) * 2 + 1] = brightness
    } else {
      observation[0] = Float(state.paddle)
    }
  }
}
