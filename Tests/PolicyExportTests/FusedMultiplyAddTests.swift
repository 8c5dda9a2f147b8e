import ControlEnvironments
import Foundation
import PolicyExport
import PolicyKinds
import PolicyOptimization
import Testing

@Suite("Fused multiply-adds in a header in C, without an instruction for them")
struct FusedMultiplyAddTests {
  /// Compares with the C library on random numbers, on such that cancel, and where the result lies in
  /// the middle of two floats or below the least normal one.
  private let program = """
    #include <math.h>
    #include <stdio.h>
    #include <string.h>
    #define POLICY_SOFTWARE_FMA
    #include "policy.h"
    static uint64_t state = 1;
    static uint32_t next(void) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      return (uint32_t)(state >> 32);
    }
    static float number(uint32_t bits) {
      float number;
      memcpy(&number, &bits, sizeof number);
      return number;
    }
    static uint32_t bits(float number) {
      uint32_t bits;
      memcpy(&bits, &number, sizeof bits);
      return number != number ? 0x7fc00000u : bits;
    }
    /* Few bits set, so that sums lie in the middle of two floats. */
    static float coarse(int exponent) {
      const float part = (float)(1 + (next() & 0xffffu) * ((next() & 1u) ? 256u : 1u));
      return ((next() & 1u) ? part : -part) * ldexpf(1.0f, exponent);
    }
    /* A product so near to half of the least float that a sum in double precision is in the middle. */
    static float beside(float side) {
      return (1.0f + side * ldexpf(1.0f, -23)) * ldexpf(1.0f, -75);
    }
    static int middles, tiny;
    static int differs(float a, float b, float c) {
      const double sum = (double)a * (double)b + (double)c;
      uint64_t word;
      const float right = fmaf(a, b, c);
      memcpy(&word, &sum, sizeof word);
      middles += (word & 0x1fffffffu) == 0x10000000u;
      tiny += fabsf(right) < 1.17549435e-38f && right != 0.0f;
      if (bits(right) == bits(policy_fma(a, b, c))) return 0;
      printf("%a %a %a: %a and not %a\\n", (double)a, (double)b, (double)c,
             (double)policy_fma(a, b, c), (double)right);
      return 1;
    }
    int main(void) {
      int i, wrong = 0;
      for (i = 0; i < 3000000 && wrong < 5; i++) {
        const float a = number(next()), b = number(next());
        const int exponent = (int)(next() % 60u) - 30;
        wrong += differs(a, b, number(next()));
        wrong += differs(a, b, -a * b);
        wrong += differs(coarse(0), coarse(0), coarse(exponent));
        wrong += differs(coarse(-90), coarse(-60), coarse(-149 + (int)(next() % 20u)));
        wrong += differs(beside(1.0f), beside(-1.0f), number(next() & 0x807fffffu));
        wrong += differs(beside(1.0f), beside(1.0f), number(next() & 0x807fffffu));
        wrong += differs(-beside(1.0f), beside(-1.0f), number(next() & 0x807fffffu));
        wrong += differs(coarse(-40), coarse(-100 - (int)(next() % 40u)), number(next() & 0xffu));
      }
      printf("%d middles, %d below normal\\n", middles, tiny);
      return wrong || middles < 1000 || tiny < 1000;
    }
    """

  @Test("give the bits of the C library")
  func givesBits() throws {
    let kind = PolicyKind("small", CartPole()) { $0.hiddenSizes = [2] }
    let exported = try kind.policy().exported(as: .c, for: CartPole())
    try withTemporaryFolder { folder in
      try Data(exported.bytes).write(to: folder.appendingPathComponent("policy.h"))
      try Data(program.utf8).write(to: folder.appendingPathComponent("program.c"))
      let compiled = try Toolchain.run(
        ["clang", "-std=c99", "-O2", "program.c", "-o", "program", "-lm"], in: folder)
      try #require(compiled.status == 0, "\(compiled.output)")
      let ran = try Toolchain.run(["./program"], in: folder)
      #expect(ran.status == 0, "\(ran.output)")
    }
  }
}
