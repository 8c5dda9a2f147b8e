import Drawing

/// An animated picture that any browser plays: scalable vector graphics with declared animations,
/// and no script.
///
/// Pictures are added one after the other; of each only what has changed is kept, so the file and the
/// memory grow with the changes. A mark that keeps its rank in its layer becomes one element; what of
/// it changes is listed with the times of the changes. A mark whose kind or number of points changes
/// becomes several elements that are visible in turn. A text that changes is a row of columns, as in
/// the counter of a car: each holds all characters that its place ever shows, and is moved to one of
/// them.
///
/// Source: *SVG 1.1*, chapter 19, <https://www.w3.org/TR/SVG11/animate.html>.
struct AnimatedSVG {
  let timeline: AnimationTimeline
  private var first: Picture?
  private var count = 0
  private var clips: [PictureRectangle] = []
  private var clipNumbers: [PictureRectangle: Int] = [:]
  /// The elements that are finished, by layer and rank.
  private var finished: [[[String]]] = []
  /// The elements that are in the picture that was added last.
  private var current: [[AnimatedMark?]] = []

  /// An animation of some pictures of one size.
  ///
  /// - Parameters:
  ///   - pictures: At least one.
  ///   - perSecond: How many of them a second show.
  ///   - isSmooth: Whether shapes move evenly between the pictures, instead of from one to another.
  ///   - shouldStop: Asked before every picture whether to give up.
  /// - Throws: ``ViewerError/stopped`` if `shouldStop` said so.
  init(
    _ pictures: some Collection<Picture>, perSecond: Double, isSmooth: Bool,
    until shouldStop: () -> Bool = { false }
  ) throws(ViewerError) {
    timeline = AnimationTimeline(
      count: pictures.count, perSecond: perSecond, isSmooth: isSmooth)
    for picture in pictures {
      if shouldStop() { throw .stopped }
      add(picture)
    }
  }

  private mutating func add(_ picture: Picture) {
    if first == nil { first = picture }
    while current.count < picture.layers.count {
      current.append([])
      finished.append([])
    }
    for layer in current.indices {
      let marks = layer < picture.layers.count ? picture.layers[layer] : []
      while current[layer].count < marks.count {
        current[layer].append(nil)
        finished[layer].append([])
      }
      for rank in current[layer].indices {
        add(rank < marks.count ? marks[rank] : nil, rank, layer)
      }
    }
    count += 1
  }

  private mutating func add(_ mark: Mark?, _ rank: Int, _ layer: Int) {
    if let mark, current[layer][rank]?.add(mark, at: count) ?? false { return }
    if let ended = current[layer][rank] { finish(ended, rank, layer) }
    current[layer][rank] = mark.map { AnimatedMark($0, from: count) }
  }

  private mutating func finish(_ mark: AnimatedMark, _ rank: Int, _ layer: Int) {
    let clip = mark.clip.map { clipNumber(of: $0) }
    finished[layer][rank].append(
      mark.element(until: count, in: timeline, clip: clip))
  }

  private mutating func clipNumber(of clip: PictureRectangle) -> Int {
    if let number = clipNumbers[clip] { return number }
    clipNumbers[clip] = clips.count
    clips.append(clip)
    return clips.count - 1
  }

  /// The file.
  ///
  /// - Parameters:
  ///   - title: What the picture shows, for those who cannot see it.
  ///   - shouldStop: Asked before every mark whether to give up.
  /// - Returns: The text of the file.
  /// - Throws: ``ViewerError/stopped`` if `shouldStop` said so.
  func text(
    title: String, until shouldStop: () -> Bool = { false }
  ) throws(ViewerError) -> String {
    var all = self
    for layer in current.indices {
      for rank in current[layer].indices {
        if shouldStop() { throw .stopped }
        if let mark = current[layer][rank] { all.finish(mark, rank, layer) }
      }
    }
    return all.document(title: title)
  }

  private func document(title: String) -> String {
    guard let first else { return "" }
    let (width, height) = (number(first.size.x), number(first.size.y))
    let definitions = clips.enumerated().map { definition(of: $1, number: $0) }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" \
      height="\(height)" role="img" font-family="system-ui, 'Segoe UI', Helvetica, Arial, \
      sans-serif" stroke-linecap="round" stroke-linejoin="round">
      <title>\(SVG.text(title))</title>
      \(definitions.joined(separator: "\n"))
      <rect width="\(width)" height="\(height)" fill="\(first.background.hexadecimal)"/>
      \(finished.joined().joined().joined(separator: "\n"))
      </svg>

      """
  }

  private func definition(of clip: PictureRectangle, number index: Int) -> String {
    """
    <clipPath id="c\(index)"><rect x="\(number(clip.left))" y="\(number(clip.top))" \
    width="\(number(clip.width))" height="\(number(clip.height))"/></clipPath>
    """
  }
}

/// A number as the file holds it: in tenths of a point, where nothing else is asked for.
func number(_ value: Double, _ digits: Int = 1) -> String { SVG.number(value, digits: digits) }
