/// The colours and dashes that distinguish the lines of a chart.
///
/// The colours can be distinguished by people who are colour-blind, and are dark enough for thin lines
/// on white; where they are used up, lines are dashed. 48 lines differ.
///
/// Source: Okabe and Ito, *Color Universal Design*, 2008, <https://jfly.uni-koeln.de/color/>, with
/// its yellow, which cannot be seen on white, replaced by a grey.
enum Palette {
  private static let colors = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7A7A7A",
  ]
  /// The same, darker, for words.
  private static let inks = [
    "#00527F", "#A34600", "#00694D", "#93417A", "#855C00", "#1F6F9E", "#000000", "#4D4D4D",
  ]
  private static let dashes = ["", "7 3", "2 3", "9 3 2 3", "14 4", "9 3 2 3 2 3"]

  /// The lines that lie behind one that is looked at.
  static let background = "#C9C9C9"

  /// The colour of line `index`.
  static func color(_ index: Int) -> String { colors[index % colors.count] }

  /// The colour of the name of line `index`.
  static func ink(_ index: Int) -> String { inks[index % inks.count] }

  /// The lengths of the dashes of line `index`; none for a drawn-through line.
  static func dash(_ index: Int) -> String { dashes[index / colors.count % dashes.count] }
}
