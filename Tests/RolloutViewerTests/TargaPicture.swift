import Foundation
import RolloutViewer

/// Pixels as a Targa file with run lengths, a format of a few lines that most programs read.
///
/// Source: *Truevision TGA File Format Specification 2.0*, 1991, image type 10.
struct TargaPicture {
  let width: Int
  let height: Int
  /// `0xFFRRGGBB`, row by row from the top.
  let pixels: [UInt32]

  init(_ canvas: Canvas) {
    (width, height, pixels) = (canvas.width, canvas.height, canvas.pixels)
  }

  /// Reads a file as ``data`` writes it, `nil` if it is another.
  init?(_ data: Data) {
    let bytes = [UInt8](data)
    guard bytes.count >= 18, bytes[2] == 10, bytes[16] == 24, bytes[17] == 0x20 else { return nil }
    width = Int(bytes[12]) | Int(bytes[13]) << 8
    height = Int(bytes[14]) | Int(bytes[15]) << 8
    var pixels: [UInt32] = []
    var at = 18
    while at + 3 < bytes.count {
      let color =
        0xFF00_0000 | UInt32(bytes[at + 3]) << 16 | UInt32(bytes[at + 2]) << 8
        | UInt32(bytes[at + 1])
      pixels += repeatElement(color, count: Int(bytes[at] & 0x7F) + 1)
      at += 4
    }
    guard pixels.count == width * height else { return nil }
    self.pixels = pixels
  }

  /// The file.
  var data: Data {
    var bytes: [UInt8] = [0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    bytes += [UInt8(width & 0xFF), UInt8(width >> 8), UInt8(height & 0xFF), UInt8(height >> 8)]
    bytes += [24, 0x20]
    var start = 0
    while start < pixels.count {
      let color = pixels[start]
      let rest = pixels[start..<min(start + 128, pixels.count)]
      let count = rest.firstIndex { $0 != color }.map { $0 - start } ?? rest.count
      bytes.append(UInt8(0x80 | (count - 1)))
      for shift in [0, 8, 16] as [UInt32] { bytes.append(UInt8((color >> shift) & 0xFF)) }
      start += count
    }
    return Data(bytes)
  }
}
