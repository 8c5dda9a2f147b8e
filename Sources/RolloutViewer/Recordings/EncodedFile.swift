import Foundation

/// Whether what another program has written is whole: a full disk, or an end before its time, leave
/// files that begin well.
///
/// Sources: *ISO/IEC 14496-12*, section 4.2; *GIF89a Specification*; *Portable Network Graphics*,
/// section 5.3.
struct EncodedFile {
  private let bytes: Data

  init(_ data: Data) { bytes = Data(data) }

  /// Boxes that fill the file, the index among them.
  var isWholeVideo: Bool {
    var (at, kinds): (Int, Set<String>) = (0, [])
    while at + 8 <= bytes.count {
      var (size, header) = (number(at: at, 4), 8)
      if size == 1, at + 16 <= bytes.count { (size, header) = (number(at: at + 8, 8), 16) }
      guard size >= header, size <= bytes.count - at else { return false }
      kinds.insert(String(decoding: bytes[at + 4..<at + 8], as: UTF8.self))
      at += size
    }
    return at == bytes.count && kinds.isSuperset(of: ["ftyp", "moov", "mdat"])
  }

  /// A beginning, blocks, and the mark of the end as the last byte.
  var isWholeAnimation: Bool {
    guard bytes.count > 13, bytes.starts(with: Data("GIF8".utf8)) else { return false }
    var at = 13 + colorTableSize(bytes[10])
    var imageCount = 0
    while at < bytes.count {
      switch bytes[at] {
      case 0x3B: return at == bytes.count - 1 && imageCount > 0
      case 0x21: at += 2
      case 0x2C where at + 9 < bytes.count:
        imageCount += 1
        at += 11 + colorTableSize(bytes[at + 9])
      default: return false
      }
      while at < bytes.count, bytes[at] > 0 { at += 1 + Int(bytes[at]) }
      at += 1
    }
    return false
  }

  private func colorTableSize(_ flags: UInt8) -> Int {
    flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1)
  }

  /// A signature and chunks, of which the last is the one of the end.
  var isWholePicture: Bool {
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    guard bytes.starts(with: signature) else { return false }
    var (at, last) = (8, "")
    while at + 12 <= bytes.count {
      let size = number(at: at, 4)
      guard size <= bytes.count - at - 12 else { return false }
      last = String(decoding: bytes[at + 4..<at + 8], as: UTF8.self)
      at += 12 + size
    }
    return at == bytes.count && last == "IEND"
  }

  /// A number of some bytes, the most significant first; one that is too large becomes the largest.
  private func number(at place: Int, _ count: Int) -> Int {
    let number = bytes[place..<place + count].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    return Int(clamping: number)
  }
}
