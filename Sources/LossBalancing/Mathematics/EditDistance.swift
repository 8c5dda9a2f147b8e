/// How many characters have to be inserted, removed or replaced to make `target` from `source`.
///
/// A text of more than 256 bytes is no slip of the finger; then the length of the longer in bytes
/// stands for the distance.
///
/// - Complexity: O(m · n) for strings of m and n characters.
func editDistance(_ source: String, _ target: String) -> Int {
  let longer = max(source.utf8.count, target.utf8.count)
  if longer > 256 { return longer }
  let target = Array(target)
  var row = Array(0...target.count)
  for (line, character) in source.enumerated() {
    var diagonal = row[0]
    row[0] = line + 1
    for column in target.indices {
      let replaced = diagonal + (character == target[column] ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
    }
  }
  return row[target.count]
}
