/// The block function Philox-4×32-10: four random words from a key and a counter.
///
/// The output depends on nothing else, so a number can be drawn by anybody, in any order, on any
/// thread, and is the same.
///
/// Source: Salmon et al., *Parallel Random Numbers: As Easy as 1, 2, 3*, SC 2011,
/// <https://doi.org/10.1145/2063384.2063405>. The tests hold the authors' known answers.
@inline(__always)
func philox(key: SIMD2<UInt32>, counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
  var (key0, key1) = (key[0], key[1])
  var (x0, x1, x2, x3) = (counter[0], counter[1], counter[2], counter[3])
  for _ in 0..<10 {
    let left = UInt64(x0) &* 0xD251_1F53
    let right = UInt64(x2) &* 0xCD9E_8D57
    x0 = UInt32(truncatingIfNeeded: right &>> 32) ^ x1 ^ key0
    x1 = UInt32(truncatingIfNeeded: right)
    x2 = UInt32(truncatingIfNeeded: left &>> 32) ^ x3 ^ key1
    x3 = UInt32(truncatingIfNeeded: left)
    key0 &+= 0x9E37_79B9
    key1 &+= 0xBB67_AE85
  }
  return SIMD4(x0, x1, x2, x3)
}
