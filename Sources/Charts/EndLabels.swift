/// Where the names of lines stand: beside their ends, moved apart where they would overlap.
enum EndLabels {
  /// Moves labels apart, each as little as possible, and keeps their order.
  ///
  /// - Parameters:
  ///   - wanted: Where each label would like to stand, from top to bottom in any order, in pixels.
  ///   - spacing: How far apart two labels stand at least.
  ///   - bounds: Between which heights all of them stand, if there is room.
  /// - Returns: Where each label stands, in the order of `wanted`.
  static func spread(
    _ wanted: [Double], spacing: Double, within bounds: ClosedRange<Double>
  ) -> [Double] {
    let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
    // Labels that touch form a cluster around the mean of the places that they want.
    var clusters: [(sum: Double, members: [Int])] = []
    func top(_ cluster: (sum: Double, members: [Int])) -> Double {
      let height = spacing * Double(cluster.members.count - 1)
      let top = cluster.sum / Double(cluster.members.count) - height / 2
      return max(bounds.lowerBound, min(top, bounds.upperBound - height))
    }
    for index in order {
      clusters.append((wanted[index], [index]))
      while clusters.count > 1 {
        let (above, below) = (clusters[clusters.count - 2], clusters[clusters.count - 1])
        if top(above) + spacing * Double(above.members.count) <= top(below) { break }
        clusters.removeLast(2)
        clusters.append((above.sum + below.sum, above.members + below.members))
      }
    }
    var result = wanted
    for cluster in clusters {
      for (place, index) in cluster.members.enumerated() {
        result[index] = top(cluster) + spacing * Double(place)
      }
    }
    return result
  }
}
