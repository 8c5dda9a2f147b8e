import Foundation
import TestSupport
import Testing

@testable import Charts

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What an SVG file contains, as far as the tests want to know.
final class SVGContent: NSObject, XMLParserDelegate {
  private(set) var elements: [String: Int] = [:]
  /// The numbers of all attributes that hold nothing but lengths or places.
  private(set) var lengths: [Double] = []
  /// The words, each with where its base line begins.
  private(set) var texts: [(x: Double, y: Double, words: String)] = []
  /// The width and height of the picture.
  private(set) var size = (width: 0.0, height: 0.0)
  private var isInText = false

  /// Reads a picture.
  ///
  /// - Throws: If it is not well-formed.
  init(
    of sheet: ChartSheet, file: String = #fileID, line: Int = #line
  ) throws {
    super.init()
    let svg = try keptPicture(sheet.svg, file: file, line: line)
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
  }

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String] = [:]
  ) {
    elements[element, default: 0] += 1
    let names = ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height"]
    let own = names.compactMap { attributes[$0] }
    let path = (attributes["d"] ?? "").split { "ML Z".contains($0) }.map(String.init)
    lengths += (own + path).map { Double($0) ?? .nan }
    if element == "svg" {
      size = (number(attributes["width"]), number(attributes["height"]))
    }
    isInText = element == "text"
    if isInText { texts.append((number(attributes["x"]), number(attributes["y"]), "")) }
  }

  func parser(
    _ parser: XMLParser, didEndElement element: String, namespaceURI: String?,
    qualifiedName: String?
  ) { isInText = false }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if isInText { texts[texts.count - 1].words += string }
  }

  private func number(_ text: String?) -> Double { text.flatMap { Double($0) } ?? .nan }
}
