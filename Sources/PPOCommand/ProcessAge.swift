import Foundation

/// How long this process has lived.
enum ProcessAge {
  private static let start = Date()

  /// Notes the start; called first of all.
  static func begin() { _ = start }

  /// Seconds since the start.
  static var seconds: Double { Date().timeIntervalSince(start) }
}
