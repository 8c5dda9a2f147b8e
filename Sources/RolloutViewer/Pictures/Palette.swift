import EnvironmentKit

/// The colours of all pictures: calm ones on a light ground, apart from each other also to those who
/// distinguish red from green with difficulty.
enum Palette {
  static let background = Color(0xFAFAF7)
  static let panel = Color(0xF1F0EB)
  static let card = Color(0xFFFFFF)
  static let hairline = Color(0xDAD8D0)
  static let ink = Color(0x23272E)
  static let mutedInk = Color(0x6B7078)
  static let faintInk = Color(0xA9ACB0)
  static let accent = Color(0x2F6690)
  static let second = Color(0xE07A3F)
  static let positive = Color(0x3A8F6B)
  static let warning = Color(0xC44536)

  /// The paint of a part of a scene.
  static func paint(for role: Scene.Role) -> Color {
    switch role {
    case .body: accent
    case .limb: second
    case .joint: ink
    case .ground: Color(0xB9B4A7)
    case .target: positive
    case .boundary: warning
    case .force: Color(0x8E5EA2)
    }
  }
}
