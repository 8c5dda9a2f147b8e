import Drawing

/// Marks of one rank that follow each other and differ only in what can be animated: places, the size
/// of a disc, colours, and the digits of numbers.
struct AnimatedMark {
  private let first: Mark
  private let start: Int
  private var latest: Mark
  private var shape: [(attribute: String, track: ValueTrack)]
  private var text: ValueTrack
  private var color: ValueTrack

  /// The marks that begin with one at a picture.
  init(_ mark: Mark, from picture: Int) {
    first = mark
    start = picture
    latest = mark
    shape = mark.movingAttributes.map { ($0, ValueTrack($1, at: picture)) }
    text = ValueTrack(mark.words, at: picture)
    color = ValueTrack(mark.color.hexadecimal, at: picture)
  }

  /// Outside of which nothing of the mark shows.
  var clip: PictureRectangle? { first.clip }

  /// Adds the mark of the next picture.
  ///
  /// - Returns: Whether it can be the same element.
  mutating func add(_ mark: Mark, at picture: Int) -> Bool {
    // Most marks do not change.
    if mark == latest { return true }
    guard latest.isOneElement(with: mark) else { return false }
    for (index, attribute) in mark.movingAttributes.enumerated() {
      shape[index].track.set(attribute.value, at: picture)
    }
    text.set(mark.words, at: picture)
    color.set(mark.color.hexadecimal, at: picture)
    latest = mark
    return true
  }

  /// The element, with what of it changes.
  ///
  /// - Parameters:
  ///   - end: The picture before which it ends.
  ///   - timeline: The times of the animation.
  ///   - clip: The number of the rectangle that it is clipped by.
  /// - Returns: The text of the element.
  func element(until end: Int, in timeline: AnimationTimeline, clip: Int?) -> String {
    var (attributes, content) = (first.constantAttributes, "")
    if text.changes.count == 1 { attributes += first.textPlace }
    attributes += shape.map { " \($0.attribute)=\"\($0.track.changes[0].value)\"" }.joined()
    if first.color.opacity < 1 { attributes += " opacity=\"\(number(first.color.opacity, 2))\"" }
    if let clip { attributes += " clip-path=\"url(#c\(clip))\"" }
    if end - start < timeline.count {
      if start > 0 { attributes += " visibility=\"hidden\"" }
      content += timeline.visibility(start..<end)
    }
    content += words(in: timeline)
    content += shape.map { timeline.animation(of: $0.attribute, $0.track) }.joined()
    content += first.paintedAttributes.map {
      timeline.animation(of: $0, color, jumps: true)
    }.joined()
    let name = first.elementName(isChangingText: text.changes.count > 1)
    return content.isEmpty
      ? "<\(name)\(attributes)/>" : "<\(name)\(attributes)>\(content)</\(name)>"
  }

  private func words(in timeline: AnimationTimeline) -> String {
    guard case .text(_, let place, let size, let anchor, _) = first.shape else { return "" }
    if text.changes.count == 1 { return SVG.text(text.changes[0].value) }
    return ChangingText(text, place: place, size: size, anchor: anchor).markup(in: timeline)
  }
}
