/// Lines over a horizontal axis: a learning curve, a sweep.
///
///     let chart = LineChart(
///       title: "CartPole-v1", x: Axis("steps"), y: Axis("return"),
///       series: [Series("fixed", points: [Point(x: 0, y: 20), Point(x: 1000, y: 480)])])
///     let picture = ChartSheet([chart]).svg
public struct LineChart: Sendable {
  /// What stands above it; nothing if empty.
  public var title: String
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// The lines, in the order of the legend.
  public var series: [Series]
  /// Levels to compare the lines with.
  public var references: [Reference]

  /// Describes a chart.
  public init(
    title: String = "", x: Axis, y: Axis, series: [Series], references: [Reference] = []
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
    self.references = references
  }
}

/// A line with its name, and a band around it where there is one.
public struct Series: Sendable {
  /// What the line is called beside its end or in the legend.
  public var name: String
  /// Its points, from left to right.
  public var points: [Point]
  /// Whether each point is marked, for lines of few points.
  public var marksPoints: Bool

  /// Names a line.
  public init(_ name: String, points: [Point], marksPoints: Bool = false) {
    self.name = name
    self.points = points
    self.marksPoints = marksPoints
  }
}

/// A point of a line.
public struct Point: Sendable, Hashable {
  /// Where it lies along the horizontal axis.
  public var x: Double
  /// Where it lies along the vertical axis; the line has a gap where this is not finite.
  public var y: Double
  /// How far the band reaches at it, from bottom to top.
  public var band: ClosedRange<Double>?

  /// Describes a point.
  public init(x: Double, y: Double, band: ClosedRange<Double>? = nil) {
    self.x = x
    self.y = y
    self.band = band
  }
}

/// A level that lines are compared with, such as the return that solves a task.
public struct Reference: Sendable, Hashable {
  /// What stands beside it.
  public var name: String
  /// Where it lies along the vertical axis.
  public var y: Double

  /// Names a level.
  public init(_ name: String, y: Double) {
    self.name = name
    self.y = y
  }
}
