import Foundation

extension Safetensors {
  /// The file's bytes; the same content always gives the same bytes.
  ///
  /// Arrays of wider numbers come first, then by name, so that all are aligned.
  public var data: Data {
    let names = arrays.keys.sorted {
      (-(arrays[$0]?.type.byteCount ?? 0), $0) < (-(arrays[$1]?.type.byteCount ?? 0), $1)
    }
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
        .map { "\(quoted($0.key)):\(quoted($0.value))" }
      entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var body = Data()
    for name in names {
      guard let array = arrays[name] else { continue }
      let end = body.count + array.bytes.count
      entries.append(
        """
        \(quoted(name)):{"dtype":"\(array.type.rawValue)","shape":\
        [\(array.shape.map(String.init).joined(separator: ","))],\
        "data_offsets":[\(body.count),\(end)]}
        """)
      body.append(array.bytes)
    }
    var header = Data("{\(entries.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    var file = Data((0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) })
    file.append(header)
    file.append(body)
    return file
  }

  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
