import EnvironmentKit

extension Recording {
  /// The recording as an animated SVG file, which plays in a browser and needs nothing else.
  ///
  /// - Parameter size: Width and height in points.
  /// - Returns: The text of the file.
  public func animatedSVG(size: PicturePoint = PicturePoint(960, 540)) -> String {
    let pictures = pictures(size: size, framesPerSecond: 25)
    // Between two episodes, and between the cells of a grid, nothing moves evenly.
    let isSmooth = episodes.count == 1 && episodes.joined().allSatisfy(\.scene.movesSmoothly)
    let animation = AnimatedSVG(pictures, perSecond: pictures.perSecond, isSmooth: isSmooth)
    let returns = returns.map(brief).joined(separator: ", ")
    return animation.text(title: "\(title): return \(returns) in \(stepCount) steps")
  }
}
