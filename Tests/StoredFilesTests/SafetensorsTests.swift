import Foundation
import StoredFiles
import Testing

@Suite("Safetensors files")
struct SafetensorsTests {
  private var sample: Safetensors {
    var file = Safetensors()
    file.arrays["a.weight"] = .init([1, -2.5, .infinity, 4, 5, 6] as [Float], shape: [2, 3])
    file.arrays["moments"] = .init([0.1, 1e300] as [Double], shape: [2])
    file.arrays["nothing"] = .init([] as [Float], shape: [0, 4])
    file.metadata = ["text": "with \"quotes\", a \\ and\nlines", "name": "größer"]
    return file
  }

  @Test("come back as they were written, with the same bytes")
  func roundTrip() throws {
    let read = try Safetensors(sample.data)
    #expect(read.arrays["a.weight"]?.floats == [1, -2.5, .infinity, 4, 5, 6])
    #expect(read.arrays["a.weight"]?.shape == [2, 3])
    #expect(read.arrays["moments"]?.doubles == [0.1, 1e300])
    #expect(read.arrays["moments"]?.floats == nil)
    #expect(read.arrays["nothing"]?.floats == [])
    #expect(read.metadata == sample.metadata)
    #expect(read.data == sample.data)
  }

  @Test("that are cut off anywhere are refused")
  func refusesTruncation() {
    let whole = sample.data
    for length in 0..<whole.count {
      #expect(throws: Safetensors.FormatError.self) { try Safetensors(whole.prefix(length)) }
    }
  }

  @Test(
    "with lengths and ranges that lie are refused",
    arguments: [
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
      #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}}"#,
      #"{"a":{"shape":[1],"data_offsets":[0,4]}}"#,
      #"["a"]"#, "no JSON",
    ])
  func refusesLies(header: String) {
    var file = Data((0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) })
    file.append(Data(header.utf8))
    file.append(Data(repeating: 0, count: 4))
    #expect(throws: Safetensors.FormatError.self) { try Safetensors(file) }
  }

  @Test("that claim a header longer than the file are refused")
  func refusesLongHeader() {
    #expect(throws: Safetensors.FormatError.self) {
      try Safetensors(Data(repeating: 0xFF, count: 64))
    }
  }
}
