import Foundation

/// A file of named arrays in the safetensors format, which Python's `safetensors` reads too.
///
/// Eight bytes with the length of a header, a header in JSON that says what lies where, and the
/// numbers. Reading runs no code and trusts no length: every range is checked against the file.
///
/// Source: <https://github.com/huggingface/safetensors>.
public struct Safetensors: Sendable {
  /// What the numbers of an array are.
  public enum ElementType: String, Sendable {
    /// 32-bit floats.
    case float32 = "F32"
    /// 64-bit floats.
    case float64 = "F64"
    /// Bytes without a sign.
    case uint8 = "U8"

    var byteCount: Int {
      switch self {
      case .float64: 8
      case .float32: 4
      case .uint8: 1
      }
    }
  }

  /// An array.
  public struct Array: Sendable {
    /// The type of its numbers.
    public let type: ElementType
    /// Its sizes.
    public let shape: [Int]
    /// Its numbers, little-endian.
    public let bytes: Data

    /// An array of 32-bit floats.
    public init(_ numbers: [Float], shape: [Int]) {
      type = .float32
      self.shape = shape
      bytes = numbers.withUnsafeBytes { Data($0) }
    }

    /// An array of 64-bit floats.
    public init(_ numbers: [Double], shape: [Int]) {
      type = .float64
      self.shape = shape
      bytes = numbers.withUnsafeBytes { Data($0) }
    }

    /// An array of bytes.
    public init(_ bytes: Data) {
      self.init(type: .uint8, shape: [bytes.count], bytes: bytes)
    }

    init(type: ElementType, shape: [Int], bytes: Data) {
      self.type = type
      self.shape = shape
      self.bytes = bytes
    }

    /// The numbers as 32-bit floats, or `nil` if they are of another type.
    public var floats: [Float]? {
      guard type == .float32 else { return nil }
      return [Float](unsafeUninitializedCapacity: bytes.count / 4) { buffer, count in
        count = bytes.copyBytes(to: buffer) / 4
      }
    }

    /// The numbers as 64-bit floats, or `nil` if they are of another type.
    public var doubles: [Double]? {
      guard type == .float64 else { return nil }
      return [Double](unsafeUninitializedCapacity: bytes.count / 8) { buffer, count in
        count = bytes.copyBytes(to: buffer) / 8
      }
    }
  }

  /// The arrays by name.
  public var arrays: [String: Array] = [:]
  /// Free text by name.
  public var metadata: [String: String] = [:]

  /// An empty file.
  public init() {}

  /// What is wrong with a file, in a sentence.
  public struct FormatError: Error, CustomStringConvertible {
    /// What was found and what was expected.
    public let description: String
  }
}
