import EnvironmentKit

/// The convolutions that turn an image into features.
///
/// Sources: `nature`: Mnih et al., *Human-level control through deep reinforcement learning*, Nature
/// 2015, <https://www.nature.com/articles/nature14236>; `minatar`: Young and Tian, *MinAtar*, 2019,
/// <https://arxiv.org/abs/1903.03176>; `impala-small`: Espeholt et al., *IMPALA*, ICML 2018, figure 3,
/// left, <https://arxiv.org/abs/1802.01561>.
public enum ImageEncoderChoice: String, Sendable, Codable, CaseIterable {
  /// `nature` for images of at least 36 × 36 pixels, `minatar` for smaller ones of at least 3 × 3.
  case auto
  /// 32 windows of 8 × 8 by 4, 64 of 4 × 4 by 2, 64 of 3 × 3, then 512 units.
  case nature
  /// 16 windows of 3 × 3, then 128 units.
  case minatar
  /// 16 windows of 8 × 8 by 4, 32 of 4 × 4 by 2, then 256 units.
  case impalaSmall = "impala-small"
  /// No convolutions: the numbers of images go through the hidden layers with all others.
  case none

  /// What the choice stands for where an image has so many pixels; `nil` for no convolutions.
  func outline(height: Int, width: Int) -> ImageEncoder.Outline? {
    switch self {
    case .auto: Self.usual(for: min(height, width))?.outline(height: height, width: width)
    case .nature:
      ImageEncoder.Outline(
        convolutions: [.init(32, size: 8, by: 4), .init(64, size: 4, by: 2), .init(64, size: 3)],
        units: 512)
    case .minatar: ImageEncoder.Outline(convolutions: [.init(16, size: 3)], units: 128)
    case .impalaSmall:
      ImageEncoder.Outline(
        convolutions: [.init(16, size: 8, by: 4), .init(32, size: 4, by: 2)], units: 256)
    case .none: nil
    }
  }

  private static func usual(for side: Int) -> Self? {
    side >= 36 ? .nature : side >= 3 ? .minatar : nil
  }
}

extension ObservationLayout.Part {
  /// The height, the width and the channels of an image, `[height, width, channels]` or bytes
  /// `[height, width]`; `nil` for all else.
  package var image: (height: Int, width: Int, channels: Int)? {
    if shape.count == 3 { return (shape[0], shape[1], shape[2]) }
    return shape.count == 2 && element == .uint8 ? (shape[0], shape[1], 1) : nil
  }
}
