import ControlEnvironments
import EnvironmentKit
import Foundation
import TestSupport
import Testing

@testable import RolloutViewer

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Animated SVG")
struct AnimatedSVGTests {
  private let size = PicturePoint(960, 540)

  /// Pushes the cart to the side that its pole leans to.
  private final class Balancer: Agent {
    func decide(_ observations: [Float], drawing draws: [ActionDraw]?) -> [Decision] {
      let push: Float = observations[2] + observations[3] > 0 ? 1 : 0
      return [Decision(action: [push], preferences: .choices([[1 - push, push]]), value: push)]
    }
  }

  private var cartPole: Recording {
    get throws { try Recording(of: CartPole(), by: Balancer(), seed: 1) }
  }

  private func parsed(_ text: String) throws -> SVGElements {
    let elements = SVGElements()
    let parser = XMLParser(data: Data(try keptPicture(text).utf8))
    parser.delegate = elements
    #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    return elements
  }

  @Test("Is well-formed, says what it shows, and needs nothing else")
  func wellFormed() throws {
    let text = try cartPole.animatedSVG(size: size)
    let elements = try parsed(text)
    let root = try #require(elements.all.first)
    #expect(root.name == "svg" && root.attributes["viewBox"] == "0 0 960 540")
    #expect(text.contains("<title>CartPole-v1: return "))
    #expect(!text.contains("<script") && !text.contains("href"))
    #expect(text.utf8.count < 200_000)
  }

  @Test("Its frames are the scene")
  func frames() throws {
    let recording = try cartPole
    let pictures = recording.pictures(size: size, framesPerSecond: 25)
    let perSecond = pictures.perSecond
    let elements = try parsed(recording.animatedSVG(size: size))
    let steps = recording.episodes[0].count - 1
    #expect(steps > 50 && perSecond == 25)
    #expect(pictures.count == (steps + 1) / 2 + 1 + 13)

    // The pole is the only thick line; the scene at frame k is that of step 2 k.
    let pole = try #require(
      elements.animations.first { $0.element == "polyline" && $0.attribute == "points" })
    let layout = ViewerLayout(size: size)
    #expect(pole.values.count == pictures.count)
    #expect(pole.duration == Double(pictures.count) / perSecond)
    for (frame, value) in pole.values.enumerated() {
      let view = recording.episodes[0][min(2 * frame, steps)]
      let projection = SceneProjection(of: view.scene, into: layout.scene)
      guard case .line(let line, _) = view.scene.shapes[6].geometry else {
        return #expect(Bool(false), "The pole is a line.")
      }
      let points = value.split(separator: " ").map { pair in
        pair.split(separator: ",").compactMap { Double($0) }
      }
      #expect(points.count == line.count)
      for (point, expected) in zip(points, line.map { projection($0) }) {
        #expect(abs(point[0] - expected.x) < 0.051 && abs(point[1] - expected.y) < 0.051)
      }
    }
  }

  @Test("All animations are of one length, and have a value for each frame")
  func lengths() throws {
    let recording = try cartPole
    let count = recording.pictures(size: size, framesPerSecond: 25).count
    for animation in try parsed(recording.animatedSVG(size: size)).animations {
      #expect(animation.duration == Double(count) / 25)
      if animation.times.isEmpty {
        #expect(animation.values.count == count, "\(animation.attribute)")
      } else {
        #expect(animation.times.count == animation.values.count)
        #expect(animation.times.first == 0 && animation.times == animation.times.sorted())
        #expect((animation.times.last ?? 2) <= 1)
      }
    }
  }

  @Test("Counters show the numbers of each frame")
  func counters() throws {
    let recording = try cartPole
    let pictures = recording.pictures(size: size, framesPerSecond: 25)
    let steps = pictures.map { picture -> String in
      let texts = picture.layers.joined().compactMap { mark -> String? in
        guard case .text(let text, _, let size, _, _) = mark.shape, size == 16 else { return nil }
        return text
      }
      return texts[1]
    }
    var track = ValueTrack(steps[0], at: 0)
    for (frame, text) in steps.enumerated() { track.set(text, at: frame) }
    let changing = ChangingText(track, place: PicturePoint(100, 50), size: 16, anchor: .start)
    for (index, change) in track.changes.enumerated() {
      let shown = String(changing.columns.map { $0.characters[$0.positions[index]] })
      #expect(shown.trimmingCharacters(in: .whitespaces) == change.value)
      #expect(steps[change.picture] == change.value)
    }
    #expect(Set(steps).count > 30)
  }

  @Test("Shapes that come later are hidden until then")
  func varyingShapes() throws {
    let recording = try Recording(of: Staircase(), by: Habit.second, seed: 1)
    let elements = try parsed(recording.animatedSVG(size: size))
    let shown = elements.animations.filter {
      $0.element == "circle" && $0.attribute == "visibility"
    }
    // Six discs, of which the first is there from the beginning; 6 frames and 5 that stay.
    #expect(shown.count == 5)
    for (index, animation) in shown.enumerated() {
      #expect(animation.values == ["hidden", "visible"])
      #expect(abs(animation.times[1] - Double(index + 1) / 11) < 1e-4)
    }
  }

  @Test("A column is as wide as the widest of its characters")
  func columnWidths() {
    var texts = ValueTrack("9.5%", at: 0)
    texts.set("0.4%", at: 1)
    let text = ChangingText(texts, place: PicturePoint(100, 20), size: 10, anchor: .end)
    #expect(text.columns.map(\.width) == [6, 3.2, 6, 9.5])
    #expect(text.columns.last.map { $0.left + $0.width } == 100)
  }

  @Test("Between two episodes it jumps")
  func episodes() throws {
    let one = try keptPicture(
      Recording(of: Staircase(), by: Habit.second, seed: 1).animatedSVG(size: size))
    let two = try Recording(of: Staircase(), by: Habit.second, episodes: 2, seed: 1)
    #expect(one.contains("attributeName=\"cx\" dur=\"1.1s\" repeatCount=\"indefinite\" values"))
    let text = try keptPicture(two.animatedSVG(size: size))
    #expect(!text.contains("repeatCount=\"indefinite\" values"))
    #expect(two.returns == [10, 10] && two.stepCount == 10)
  }

  @Test("Its size grows with the episodes, not with their square")
  func growsLinearly() throws {
    func bytes(_ count: Int) throws -> Int {
      try keptPicture(
        Recording(
          of: MountainCar(), by: Habit.second, episodes: count, seed: 1, stepLimit: 60
        ).animatedSVG(size: size)
      ).utf8.count
    }
    let (few, many) = (try bytes(4), try bytes(16))
    #expect(many < 5 * few, "\(few) and \(many) bytes")
    // At most 2 bytes for each step of each number that changes.
    #expect(many < 16 * 60_000)
  }

  @Test("Nothing moves between the cells of a grid")
  func grids() throws {
    var grid = Staircase()
    grid.movesSmoothly = false
    let text = try keptPicture(
      Recording(of: grid, by: Habit.second, seed: 1).animatedSVG(size: size))
    #expect(!text.contains("repeatCount=\"indefinite\" values"))
    #expect(text.contains("calcMode=\"discrete\""))
  }

  @Test("Lists values with the pictures at which they change")
  func tracks() {
    func animation(_ changes: [(Int, String)], smooth: Bool) -> String {
      var track = ValueTrack(changes[0].1, at: changes[0].0)
      for (picture, value) in changes { track.set(value, at: picture) }
      return AnimationTimeline(count: 11, perSecond: 10, isSmooth: smooth)
        .animation(of: "cx", track)
    }
    let start = "<animate attributeName=\"cx\" dur=\"1.1s\" repeatCount=\"indefinite\""
    #expect(animation([(3, "1")], smooth: true) == "")
    #expect(
      animation([(0, "1"), (4, "5"), (5, "5")], smooth: true) == start
        + " values=\"1;1;5;5\" keyTimes=\"0;0.3;0.4;1\"/>")
    #expect(
      animation([(2, "1"), (4, "5")], smooth: false) == start
        + " calcMode=\"discrete\" values=\"1;5\" keyTimes=\"0;0.3636\"/>")
    #expect(
      animation((0..<11).map { ($0, "\($0)") }, smooth: true) == start
        + " values=\"0;1;2;3;4;5;6;7;8;9;10\"/>")
  }

  @Test("Signs that mean something else in XML are written otherwise")
  func escaping() throws {
    var environment = Staircase()
    environment.name = "Up & <down>"
    let text = try Recording(of: environment, by: Habit.second, seed: 1).animatedSVG(size: size)
    let elements = try parsed(text)
    #expect(elements.texts.contains { $0 == "Up & <down>" })
  }
}

/// The elements of a file, as far as the tests want to know.
private final class SVGElements: NSObject, XMLParserDelegate {
  struct Animation {
    let element: String
    let attribute: String
    let values: [String]
    let times: [Double]
    let duration: Double
  }

  private(set) var all: [(name: String, attributes: [String: String])] = []
  private(set) var animations: [Animation] = []
  private(set) var texts: [String] = [""]
  private var path: [String] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    if name == "animate" {
      animations.append(
        Animation(
          element: path.last ?? "", attribute: attributes["attributeName"] ?? "",
          values: list(attributes["values"]),
          times: list(attributes["keyTimes"]).compactMap { Double($0) },
          duration: Double(attributes["dur"]?.dropLast() ?? "") ?? .nan))
    }
    all.append((name, attributes))
    path.append(name)
    texts.append("")
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    path.removeLast()
    texts.append("")
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    texts[texts.count - 1] += string
  }

  private func list(_ text: String?) -> [String] {
    text?.split(separator: ";", omittingEmptySubsequences: false).map(String.init) ?? []
  }
}
