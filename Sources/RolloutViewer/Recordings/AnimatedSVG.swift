import Drawing

/// An animated picture that any browser plays: scalable vector graphics with declared animations,
/// and no script.
///
/// A mark that keeps its rank in its layer becomes one element; what of it changes is
/// listed once for each picture. A mark whose kind or number of points changes becomes
/// several elements that are visible in turn. A text that changes is a row of reels, as in the
/// counter of a car: each holds all letters that its place ever shows, and is moved to one of them.
///
/// Source: *SVG 1.1*, chapter 19, <https://www.w3.org/TR/SVG11/animate.html>.
struct AnimatedSVG {
  let pictures: [Picture]
  let duration: Double
  let isSmooth: Bool

  /// An animation of pictures of one size.
  ///
  /// - Parameters:
  ///   - pictures: At least one.
  ///   - perSecond: How many of them a second show.
  ///   - isSmooth: Whether shapes move evenly between the pictures, instead of from one to another.
  init(_ pictures: [Picture], perSecond: Double, isSmooth: Bool) {
    self.pictures = pictures
    duration = Double(pictures.count) / perSecond
    self.isSmooth = isSmooth
  }

  /// The file.
  ///
  /// - Parameter title: What the picture shows, for those who cannot see it.
  /// - Returns: The text of the file.
  func text(title: String) -> String {
    let first = pictures[0]
    let (width, height) = (number(first.size.x), number(first.size.y))
    let clips = Set(pictures.flatMap { $0.layers.joined().compactMap(\.clip) })
      .sorted { ($0.left, $0.top) < ($1.left, $1.top) }
    let layers = 0..<(pictures.map(\.layers.count).max() ?? 0)
    let elements = layers.flatMap { layer in
      runs(in: layer).map { element(for: $0, clips: clips) }
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" \
      height="\(height)" role="img" font-family="system-ui, 'Segoe UI', Helvetica, Arial, \
      sans-serif" stroke-linecap="round" stroke-linejoin="round">
      <title>\(SVG.text(title))</title>
      \(clips.enumerated().map { definition(of: $1, number: $0) }.joined(separator: "\n"))
      <rect width="\(width)" height="\(height)" fill="\(first.background.hexadecimal)"/>
      \(elements.joined(separator: "\n"))
      </svg>

      """
  }

  // MARK: Runs

  /// Pictures in a row in which the marks of one rank and layer differ only in places, numbers and colours.
  private struct Run {
    var start: Int
    var marks: [Mark]
  }

  private func runs(in layer: Int) -> [Run] {
    let counts = pictures.map { layer < $0.layers.count ? $0.layers[layer].count : 0 }
    return (0..<(counts.max() ?? 0)).flatMap { runs(of: $0, in: layer) }
  }

  private func runs(of rank: Int, in layer: Int) -> [Run] {
    var runs: [Run] = []
    for (index, picture) in pictures.enumerated() {
      guard let mark = picture.mark(rank, in: layer) else { continue }
      if let last = runs.last, last.start + last.marks.count == index,
        let previous = last.marks.last, previous.isOneElement(with: mark)
      {
        runs[runs.count - 1].marks.append(mark)
      } else {
        runs.append(Run(start: index, marks: [mark]))
      }
    }
    return runs
  }

  // MARK: Elements

  private func element(for run: Run, clips: [PictureRectangle]) -> String {
    let mark = run.marks[0]
    let (name, shape, shapeContent) = element(for: run.marks, from: run.start)
    var (attributes, content) = (shape, "")
    if mark.color.opacity < 1 { attributes += " opacity=\"\(number(mark.color.opacity, 2))\"" }
    if let clip = mark.clip, let index = clips.firstIndex(of: clip) {
      attributes += " clip-path=\"url(#c\(index))\""
    }
    if run.marks.count < pictures.count {
      if run.start > 0 { attributes += " visibility=\"hidden\"" }
      content += visibility(from: run.start, to: run.start + run.marks.count)
    }
    content += shapeContent + paint(of: run.marks, from: run.start)
    return content.isEmpty
      ? "<\(name)\(attributes)/>" : "<\(name)\(attributes)>\(content)</\(name)>"
  }

  private func visibility(from start: Int, to end: Int) -> String {
    func time(_ index: Int) -> String { number(Double(index) / Double(pictures.count), 5) }
    var (values, times) = (["visible"], ["0"])
    if start > 0 {
      values = ["hidden", "visible"]
      times = ["0", time(start)]
    }
    if end < pictures.count {
      values.append("hidden")
      times.append(time(end))
    }
    return """
      <animate attributeName="visibility" dur="\(number(duration, 3))s" repeatCount="indefinite" \
      calcMode="discrete" values="\(values.joined(separator: ";"))" \
      keyTimes="\(times.joined(separator: ";"))"/>
      """
  }

  private func definition(of clip: PictureRectangle, number index: Int) -> String {
    """
    <clipPath id="c\(index)"><rect x="\(number(clip.left))" y="\(number(clip.top))" \
    width="\(number(clip.width))" height="\(number(clip.height))"/></clipPath>
    """
  }
}
