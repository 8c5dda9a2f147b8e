import EnvironmentKit

extension Recording {
  /// The recording as an animated SVG file, which plays in a browser and needs nothing else.
  ///
  /// - Parameters:
  ///   - size: Width and height in points.
  ///   - shouldStop: Asked before every picture whether to give up.
  /// - Returns: The text of the file.
  /// - Throws: ``ViewerError/stopped`` if `shouldStop` said so.
  public func animatedSVG(
    size: PicturePoint = PicturePoint(960, 540), until shouldStop: () -> Bool = { false }
  ) throws(ViewerError) -> String {
    let pictures = pictures(size: size, framesPerSecond: 25)
    // Between two episodes, and between the cells of a grid, nothing moves evenly.
    let isSmooth = episodes.count == 1 && episodes.joined().allSatisfy(\.scene.movesSmoothly)
    let animation = try AnimatedSVG(
      pictures, perSecond: pictures.perSecond, isSmooth: isSmooth, until: shouldStop)
    let returns = returns.map(brief).joined(separator: ", ")
    return try animation.text(
      title: "\(title): return \(returns) in \(stepCount) steps", until: shouldStop)
  }
}
