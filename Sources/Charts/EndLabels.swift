/// Where the names of lines stand: beside their ends, moved apart where they would overlap.
enum EndLabels {
  /// Labels that touch, around the mean of the places that they want.
  private struct Cluster {
    var members: [Int]
    /// The sum of where each member would like the middle of the first label to be.
    var sum: Double
    var height: Double
  }

  /// Moves labels apart, each as little as possible, and keeps their order.
  ///
  /// - Parameters:
  ///   - wanted: Where the middle of each label would like to be, in any order, in pixels.
  ///   - heights: How high each label is, with the space to the next.
  ///   - bounds: Between which heights the middles of all of them are, if there is room.
  /// - Returns: Where the middle of each label is, in the order of `wanted`.
  static func spread(
    _ wanted: [Double], heights: [Double], within bounds: ClosedRange<Double>
  ) -> [Double] {
    let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
    /// Where the first label of a cluster has its upper side.
    func top(_ cluster: Cluster) -> Double {
      let (first, last) = (cluster.members[0], cluster.members[cluster.members.count - 1])
      let top = cluster.sum / Double(cluster.members.count)
      let lowest = bounds.upperBound - cluster.height + heights[last] / 2
      return max(bounds.lowerBound - heights[first] / 2, min(top, lowest))
    }
    var clusters: [Cluster] = []
    for index in order {
      let height = heights[index]
      clusters.append(Cluster(members: [index], sum: wanted[index] - height / 2, height: height))
      while clusters.count > 1 {
        let (above, below) = (clusters[clusters.count - 2], clusters[clusters.count - 1])
        if top(above) + above.height <= top(below) { break }
        clusters.removeLast(2)
        clusters.append(
          Cluster(
            members: above.members + below.members,
            sum: above.sum + below.sum - above.height * Double(below.members.count),
            height: above.height + below.height))
      }
    }
    var result = wanted
    for cluster in clusters {
      var top = top(cluster)
      for index in cluster.members {
        result[index] = top + heights[index] / 2
        top += heights[index]
      }
    }
    return result
  }
}
