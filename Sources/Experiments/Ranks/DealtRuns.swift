import Foundation
import PolicyOptimization

/// Whole runs that are dealt to the processes of a group, as in a comparison: run after run, so that
/// runs of one seed, which take about as long, go to different processes.
///
///     let dealt = DealtRuns(ranks)
///     let own = dealt.own(of: 40) { isFinished($0) }
///     var results: [Int: Result] = [:]
///     for run in own { results[run] = train(run) }
///     let all = dealt.collect(results)
///
/// All processes make the same calls.
package struct DealtRuns {
  private let ranks: any RankGroup

  /// Deals runs to the processes of a group.
  package init(_ ranks: any RankGroup) { self.ranks = ranks }

  /// Which runs this process trains.
  ///
  /// - Parameters:
  ///   - count: The number of runs.
  ///   - isFinished: Whether nothing is left of a run to be done; asked on rank 0. Finished runs are
  ///     dealt, too, since their results are wanted, but after the others.
  /// - Returns: Their numbers; first those that are not finished.
  package func own(of count: Int, isFinished: (Int) -> Bool) -> [Int] {
    if ranks.count == 1 { return Array(0..<count) }
    let known = ranks.gather(ranks.rank == 0 ? (0..<count).map(isFinished) : [])
    let finished = known.first.flatMap(\.self) ?? []
    let order =
      (0..<count).filter { !finished[$0] } + (0..<count).filter { finished[$0] }
    return order.indices.filter { $0 % ranks.count == ranks.rank }.map { order[$0] }
  }

  /// Brings the results of all runs to all processes.
  ///
  /// - Parameter results: Those of this process, by the number of the run.
  /// - Returns: Those of all.
  package func collect<Value: Codable>(_ results: [Int: Value]) -> [Int: Value] {
    ranks.gather(results).reduce(into: [:]) { all, part in
      all.merge(part ?? [:]) { first, _ in first }
    }
  }

  /// Checks that this process sees the folder of rank 0, in which each writes its runs.
  ///
  /// - Throws: ``RunFolderError`` if it does not.
  package func checkFolder(_ folder: URL) throws(RunFolderError) {
    if ranks.count == 1 { return }
    // Not before rank 0 has made it.
    let mark = ranks.gather(identity(of: folder)).first.flatMap(\.self)
    if ranks.rank == 0 || mark == identity(of: folder) { return }
    throw RunFolderError(
      description: """
        Rank \(ranks.rank) does not see the folder \(folder.path) of rank 0; give --output in a folder \
        that all machines share.
        """)
  }

  /// What distinguishes a folder from another one at the same path of another machine.
  private func identity(of folder: URL) -> [String] {
    let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path)
    return [
      "\(attributes?[.systemFileNumber] ?? "none")", "\(attributes?[.creationDate] ?? "none")",
    ]
  }
}
