import Foundation
import TensorCore

extension RankGroup {
  /// Brings a value of each rank to all ranks, as text.
  ///
  /// - Parameter value: That of this rank.
  /// - Returns: Those of all ranks, in order.
  package func gather<Value: Codable>(_ value: Value) -> [Value?] {
    if count == 1 { return [value] }
    let own = (try? StoredText.data([value])).map(Array.init) ?? []
    return gather(own).map { StoredText.value([Value].self, Data($0))?.first }
  }
}
