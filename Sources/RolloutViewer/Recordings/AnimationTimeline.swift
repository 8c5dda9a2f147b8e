/// The times of an animation that repeats, and how changes are listed along it.
struct AnimationTimeline {
  /// How many pictures there are.
  let count: Int
  /// How long they take, in seconds.
  let duration: Double
  /// Whether shapes move evenly between the pictures, instead of from one to another.
  let isSmooth: Bool

  /// The times of so many pictures.
  init(count: Int, perSecond: Double, isSmooth: Bool) {
    self.count = count
    duration = Double(count) / perSecond
    self.isSmooth = isSmooth
  }

  /// An attribute that changes.
  ///
  /// Where it changes at most pictures its values are listed without times, one for each picture,
  /// otherwise with the times of the changes.
  ///
  /// - Parameters:
  ///   - attribute: Its name.
  ///   - track: Its values.
  ///   - jumps: Whether it must not take values in between.
  /// - Returns: The element, or nothing if it does not change.
  func animation(of attribute: String, _ track: ValueTrack, jumps: Bool = false) -> String {
    guard track.changes.count > 1 else { return "" }
    let moves = isSmooth && !jumps
    let isDense = 2 * track.changes.count > count
    let (values, times) = isDense ? (track.values(count: count), []) : track.listed(moves, count)
    let places = times.map { time($0, of: moves ? count - 1 : count) }.joined(separator: ";")
    return """
      <animate attributeName="\(attribute)" dur="\(number(duration, 3))s" repeatCount="indefinite"\
      \(moves ? "" : " calcMode=\"discrete\"") values="\(values.joined(separator: ";"))"\
      \(isDense ? "" : " keyTimes=\"\(places)\"")/>
      """
  }

  /// Makes an element visible for some pictures only.
  func visibility(_ pictures: Range<Int>) -> String {
    var track = ValueTrack(pictures.lowerBound > 0 ? "hidden" : "visible", at: 0)
    track.set("visible", at: pictures.lowerBound)
    if pictures.upperBound < count { track.set("hidden", at: pictures.upperBound) }
    let times = track.changes.map { time($0.picture, of: count) }
    return """
      <animate attributeName="visibility" dur="\(number(duration, 3))s" repeatCount="indefinite" \
      calcMode="discrete" values="\(track.changes.map(\.value).joined(separator: ";"))" \
      keyTimes="\(times.joined(separator: ";"))"/>
      """
  }

  /// The part of the duration that has passed at a picture, exact to a hundredth of a picture.
  private func time(_ picture: Int, of whole: Int) -> String {
    let digits = String(count).utf8.count + 2
    return number(Double(picture) / Double(max(whole, 1)), digits)
  }
}

/// The values of an attribute, each with the picture from which on it holds.
struct ValueTrack {
  private(set) var changes: [(picture: Int, value: String)]

  /// A value, from some picture on.
  init(_ value: String, at picture: Int) { changes = [(picture, value)] }

  /// Notes the value at a picture that is not before the last one.
  mutating func set(_ value: String, at picture: Int) {
    if changes[changes.count - 1].value != value { changes.append((picture, value)) }
  }

  /// A value for each of all pictures; what comes before the first is the first.
  fileprivate func values(count: Int) -> [String] {
    var values: [String] = []
    values.reserveCapacity(count)
    for (index, change) in changes.enumerated() {
      let end = index + 1 < changes.count ? changes[index + 1].picture : count
      while values.count < end { values.append(change.value) }
    }
    return values
  }

  /// The values with the pictures at which they hold, beginning at the first picture.
  ///
  /// - Parameters:
  ///   - moves: Whether the attribute moves evenly from value to value; then each value is listed at
  ///     both ends of the time that it stays, and the last picture is among them.
  ///   - count: How many pictures there are.
  /// - Returns: The values and the pictures.
  fileprivate func listed(_ moves: Bool, _ count: Int) -> (values: [String], pictures: [Int]) {
    var (values, pictures): ([String], [Int]) = ([], [])
    for (index, change) in changes.enumerated() {
      let start = index == 0 ? 0 : change.picture
      let end = index + 1 < changes.count ? changes[index + 1].picture - 1 : count - 1
      values.append(change.value)
      pictures.append(start)
      if moves && end > start {
        values.append(change.value)
        pictures.append(end)
      }
    }
    return (values, pictures)
  }
}
