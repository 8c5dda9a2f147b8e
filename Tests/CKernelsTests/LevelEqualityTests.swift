import CKernels
import TestSupport
import Testing

@Suite("All levels give the same bits")
struct LevelEqualityTests {
  @Test("The level that every processor has is there, and one is in use")
  func levelsExist() {
    #expect(Level.all.first?.level == ck_level_portable)
    #expect(Level.all.contains { $0.level == ck_active_level() })
    let names = ["portable", "avx2", "avx512"]
    #expect(Level.all.allSatisfy { names.contains($0.testDescription) })
    if let refused = ck_refused_level() {
      Issue.record("PPO_KERNELS names a level that is not here: \(String(cString: refused))")
    }
  }

  @Test("as the portable one", arguments: KernelRun.all, Numbers.Kind.allCases)
  func equalPortable(_ run: KernelRun, _ kind: Numbers.Kind) {
    for size in awkwardSizes {
      var numbers = Numbers(kind, seed: size)
      let expected = run.body(Level.portable.kernels, size, &numbers)
      for level in Level.all.dropFirst() {
        var numbers = Numbers(kind, seed: size)
        let found = run.body(level.kernels, size, &numbers)
        #expect(found.count == expected.count)
        for (index, (output, portable)) in zip(found, expected).enumerated() {
          let difference = output.difference(from: portable)
          #expect(
            difference == nil,
            "\(level.testDescription), size \(size), output \(index): number \(difference ?? 0)")
        }
      }
    }
  }
}
