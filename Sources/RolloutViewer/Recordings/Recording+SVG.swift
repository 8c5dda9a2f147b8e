extension Recording {
  /// The recording as an animated SVG file, which plays in a browser and needs nothing else.
  ///
  /// - Parameter size: Width and height in points.
  /// - Returns: The text of the file.
  public func animatedSVG(size: PicturePoint = PicturePoint(960, 540)) -> String {
    let (pictures, perSecond) = pictures(size: size, framesPerSecond: 25)
    // Between two episodes nothing moves evenly.
    let animation = AnimatedSVG(pictures, perSecond: perSecond, isSmooth: episodes.count == 1)
    let returns = returns.map(brief).joined(separator: ", ")
    return animation.text(title: "\(title): return \(returns) in \(stepCount) steps")
  }
}
