import RandomStreams
import Requirements

/// An environment whose observation is made of its last observations.
///
/// It lets an agent without memory see what changes, for example velocities of which a single
/// observation contains nothing. The oldest frame comes first; at the start of an episode all frames
/// are its first observation. Frames of an image, a part of three axes, become its channels; of other
/// named parts they lie one after another.
public struct FrameStacked<Base: Environment>: ModifiedEnvironment {
  /// The state of the base, and what was observed last.
  public struct State: Sendable, Codable {
    /// The state of the base.
    public var base: Base.State
    /// The frames, the oldest first, `[frameCount, D]`.
    public internal(set) var frames: [Float]

    @usableFromInline
    init(base: Base.State, frames: [Float]) {
      self.base = base
      self.frames = frames
    }
  }

  /// The environment that is modified.
  public let base: Base
  /// How many observations make one.
  public let frameCount: Int
  /// The space of the base, once for each frame.
  public let observationSpace: BoxSpace
  /// One unnamed vector, or the parts of the base with all frames.
  public let observationLayout: ObservationLayout
  /// Where a number of an observation lies in the frames; empty where they lie one after another.
  private let places: [Int]
  /// The size of an observation of the base, D.
  @usableFromInline let frameSize: Int

  /// Stacks frames; see ``Environment/stackingFrames(_:)``.
  public init(_ base: Base, frameCount: Int) {
    require(frameCount >= 1, "At least 1 frame makes an observation, not \(frameCount).")
    self.base = base
    self.frameCount = frameCount
    let space = base.observationSpace
    frameSize = space.count
    guard base.observationLayout.parts.contains(where: { $0.shape.count == 3 }) else {
      observationSpace = BoxSpace(
        lowest: (0..<frameCount).flatMap { _ in space.lowest },
        highest: (0..<frameCount).flatMap { _ in space.highest })
      observationLayout = ObservationLayout(observationSpace)
      places = []
      return
    }
    (observationLayout, places) = Self.stacked(base.observationLayout, frameCount)
    observationSpace = observationLayout.space
  }

  /// The parts with all frames, and where each of their numbers lies in the frames.
  private static func stacked(
    _ layout: ObservationLayout, _ frameCount: Int
  ) -> (ObservationLayout, [Int]) {
    var places: [Int] = []
    let parts = layout.parts.map { part in
      // The numbers of a pixel, or all, lie together in each frame.
      let run = part.shape.count == 3 ? part.shape[2] : part.count
      let from = stride(from: 0, to: part.count, by: run).flatMap { first in
        (0..<frameCount).flatMap { frame in
          (first..<first + run).map { (frame, $0) }
        }
      }
      places += from.map { $0 * layout.count + part.offset + $1 }
      return ObservationLayout.Part(
        part.name,
        shape: part.shape.count == 3
          ? [part.shape[0], part.shape[1], run * frameCount] : [part.count * frameCount],
        element: part.element,
        space: BoxSpace(
          lowest: from.map { part.space.lowest[$1] }, highest: from.map { part.space.highest[$1] }))
    }
    return (ObservationLayout(parts), places)
  }

  /// A first state of the base, seen in all frames.
  public func initialState(using generator: inout RandomStream) -> State {
    let first = base.initialState(using: &generator)
    var frame = [Float](repeating: 0, count: frameSize)
    var span = frame.mutableSpan
    base.observe(first, into: &span)
    return State(base: first, frames: (0..<frameCount).flatMap { _ in frame })
  }

  /// Advances the base, forgets the oldest frame and takes a new one.
  public func step(
    _ state: inout State, action: Span<Float>, using generator: inout RandomStream
  ) -> Outcome {
    let outcome = base.step(&state.base, action: action, using: &generator)
    let kept = (frameCount - 1) * frameSize
    let after = state.base
    state.frames.withUnsafeMutableBufferPointer { frames in
      guard let start = frames.baseAddress else { return }
      start.update(from: start + frameSize, count: kept)
      base.observe(after, into: start + kept, count: frameSize)
    }
    return outcome
  }

  /// Writes all frames.
  public func observe(_ state: State, into observation: inout MutableSpan<Float>) {
    if places.isEmpty {
      for index in state.frames.indices { observation[index] = state.frames[index] }
    } else {
      for (index, place) in places.enumerated() { observation[index] = state.frames[place] }
    }
  }

  /// Allows what the base allows.
  public func writeActionMask(of state: State, into mask: inout MutableSpan<Bool>) {
    base.writeActionMask(of: state.base, into: &mask)
  }

  /// Draws what the base draws.
  public func scene(of state: State) -> Scene { base.scene(of: state.base) }
}

extension Environment {
  /// The same environment, observed by its last `frameCount` observations together.
  ///
  ///     CartPole().stackingFrames(4)   // 16 numbers instead of 4
  ///
  /// Rewards, limits and the threshold stay what they are.
  ///
  /// - Parameter frameCount: How many observations make one, at least 1.
  /// - Returns: The environment with stacked frames.
  public func stackingFrames(_ frameCount: Int) -> FrameStacked<Self> {
    FrameStacked(self, frameCount: frameCount)
  }
}
