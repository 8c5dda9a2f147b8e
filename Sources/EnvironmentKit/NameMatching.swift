/// What of a name counts when it is compared: its letters and digits, in lower case.
func matchingKey(of name: String) -> String {
  String(name.lowercased().filter { $0.isLetter || $0.isNumber })
}

/// A name without the version at its end: `CartPole` for `CartPole-v1`.
package func unversioned(_ name: String) -> String {
  guard let dash = name.lastIndex(of: "-") else { return name }
  let version = name[name.index(after: dash)...]
  let isVersion =
    version.first == "v" && version.count > 1 && version.dropFirst().allSatisfy(\.isNumber)
  return isVersion ? String(name[..<dash]) : name
}

/// The fewest insertions, deletions and replacements of a letter that turn one word into another.
///
/// Source: Wagner and Fischer, *The String-to-String Correction Problem*, Journal of the ACM 21
/// (1974), <https://doi.org/10.1145/321796.321811>, with one row of the table kept at a time.
///
/// A text of more than 256 bytes is no slip of the finger; then the length of the longer in bytes
/// stands for the distance.
package func editDistance(_ first: String, _ second: String) -> Int {
  let longer = max(first.utf8.count, second.utf8.count)
  if longer > 256 { return longer }
  let columns = Array(second)
  var distances = Array(0...columns.count)
  for (row, letter) in first.enumerated() {
    var diagonal = distances[0]
    distances[0] = row + 1
    for (column, other) in columns.enumerated() {
      let replaced = diagonal + (letter == other ? 0 : 1)
      diagonal = distances[column + 1]
      distances[column + 1] = min(replaced, diagonal + 1, distances[column] + 1)
    }
  }
  return distances[columns.count]
}
