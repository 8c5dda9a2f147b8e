import Foundation

/// Values as JSON text in a checkpoint: the same value always gives the same text, and numbers that
/// are not finite survive.
enum StoredText {
  /// - Throws: If the value, which may be of a type outside of this package, cannot be written.
  static func data(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try encoder.encode(value)
    } catch {
      throw CheckpointError(
        description: "A value of type \(type(of: value)) cannot be stored: \(error).")
    }
  }

  static func text(_ value: some Encodable) throws -> String {
    String(decoding: try data(value), as: UTF8.self)
  }

  /// The value that was stored, or `nil` if there is none or it is damaged.
  ///
  /// - Parameters:
  ///   - type: What is stored.
  ///   - data: The text.
  ///   - information: What the type needs to know to be read.
  /// - Returns: The value.
  static func value<Value: Decodable>(
    _ type: Value.Type, _ data: Data?, with information: [CodingUserInfoKey: any Sendable] = [:]
  ) -> Value? {
    let decoder = JSONDecoder()
    decoder.userInfo = information
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return data.flatMap { try? decoder.decode(type, from: $0) }
  }

  static func value<Value: Decodable>(
    _ type: Value.Type, _ text: String?, with information: [CodingUserInfoKey: any Sendable] = [:]
  ) -> Value? {
    value(type, text.map { Data($0.utf8) }, with: information)
  }
}
