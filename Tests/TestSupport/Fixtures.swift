import Foundation

/// A file under `Tests/Fixtures`.
public func fixture(_ path: String) throws -> Data {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures")
  return try Data(contentsOf: folder.appendingPathComponent(path))
}

/// A JSON file under `Tests/Fixtures`; its `snake_case` keys are `camelCase` in the type.
public func fixture<Content: Decodable>(_ path: String, as type: Content.Type) throws -> Content {
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(type, from: fixture(path))
}

/// Numbers with a shape, as the fixtures hold them.
public struct FixtureArray: Decodable, Sendable {
  /// The sizes along the axes.
  public let shape: [Int]
  /// The numbers, row by row.
  public let data: [Double]

  /// The numbers in single precision.
  public var floats: [Float] { data.map(Float.init) }
}

/// The cases of a fixture, for parameterised tests, which need them before any test runs.
///
/// A file that cannot be read says why on standard error and gives no cases; the suite counts them.
public func referenceCases<File: Decodable, Case>(
  _ type: File.Type, _ path: String, _ cases: (File) -> [Case]
) -> [Case] {
  do {
    return try cases(fixture(path, as: type))
  } catch {
    FileHandle.standardError.write(Data("\(path): \(error)\n".utf8))
    return []
  }
}
