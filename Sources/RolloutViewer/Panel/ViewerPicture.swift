import Drawing
import EnvironmentKit

extension ViewerFrame {
  /// The frame as a picture: scenes at the left, the panel at the right, or below where the picture
  /// is higher than wide.
  ///
  /// - Parameters:
  ///   - size: Width and height in points.
  ///   - panel: The panel of an earlier picture of this size, if that still serves.
  /// - Returns: The picture, whose first layer is the panel.
  public func picture(size: PicturePoint, panel: [Mark]? = nil) -> Picture {
    let layout = ViewerLayout(size: size)
    var layers = [
      panel ?? layout.panel.map { Panel.marks(of: self, in: $0) } ?? [],
      showsHelp ? HelpOverlay.marks(in: layout.scene) : [],
    ]
    let scenes =
      episodes.count == 1
      ? [marks(of: episodes[0].scene, in: layout.scene)] : grid(in: layout.scene)
    // Nothing of a scene leaves its place, so only the help must come after.
    layers.insert(contentsOf: scenes, at: 1)
    return Picture(size: size, background: Palette.background, layers: layers)
  }

  private func marks(of scene: Scene, in rectangle: PictureRectangle) -> [Mark] {
    SceneProjection(of: scene, into: rectangle).marks(of: scene)
  }

  /// A layer for each episode.
  private func grid(in rectangle: PictureRectangle) -> [[Mark]] {
    let columns = Int(
      Double(episodes.count).squareRoot(), within: 1...max(1, episodes.count), rounded: .up)
    let rows = (episodes.count + columns - 1) / columns
    return episodes.enumerated().map { index, episode in
      let cell = rectangle.grown(by: -14).cell(index, columns: columns, rows: rows, gap: 10)
      return card(of: episode, in: cell, isSelected: index == selected)
    }
  }

  private func card(
    of episode: EpisodeView, in cell: PictureRectangle, isSelected: Bool
  ) -> [Mark] {
    let frame = cell.grown(by: isSelected ? 2 : 0.75)
    let ink = episode.ending == .none ? Palette.mutedInk : Palette.ink
    return [
      .rectangle(frame, isSelected ? Palette.accent : Palette.hairline),
      .rectangle(cell, Palette.card),
    ] + marks(of: episode.scene, in: cell.grown(by: -2)) + [
      .text(
        brief(episode.earned), at: PicturePoint(cell.right - 7, cell.top + 14), size: 10.5, ink,
        anchor: .end, isBold: episode.ending != .none)
    ]
  }
}

/// Where the parts of a picture are.
struct ViewerLayout {
  /// Where scenes are drawn.
  let scene: PictureRectangle
  /// Where the panel is, `nil` if there is no room for one.
  let panel: PictureRectangle?

  private static let panelSize = 264.0

  init(size: PicturePoint) {
    let all = PictureRectangle(x: 0, y: 0, width: size.x, height: size.y)
    let extent = Self.panelSize
    if size.x >= size.y * 1.1 && size.x >= 2 * extent {
      scene = PictureRectangle(x: 0, y: 0, width: size.x - extent, height: size.y)
      panel = PictureRectangle(x: size.x - extent, y: 0, width: extent, height: size.y)
    } else if size.x >= extent && size.y >= 2 * extent {
      scene = PictureRectangle(x: 0, y: 0, width: size.x, height: size.y - extent)
      panel = PictureRectangle(x: 0, y: size.y - extent, width: size.x, height: extent)
    } else {
      scene = all
      panel = nil
    }
  }
}
