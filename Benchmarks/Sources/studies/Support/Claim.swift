/// A sentence about an experiment that can be false.
struct Claim {
  let sentence: String
  let measured: String
  let holds: Bool

  /// Prints sentences, what was measured, and whether it is as expected.
  static func report(_ claims: [Claim]) {
    var table = Table(["expected", "measured", "holds"])
    for claim in claims {
      table.add([claim.sentence, claim.measured, claim.holds ? "yes" : "NO"])
    }
    print("\n" + table.text + "\n")
  }
}
