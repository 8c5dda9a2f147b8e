// Random words by the block function Philox-4×32-10, several blocks at a time.
//
// Source: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011,
// <https://doi.org/10.1145/2063384.2063405>; the twin of `philox` in RandomStreams.

typedef uint64_t u8 __attribute__((ext_vector_type(8)));

/// Eight blocks, whose counters are in the lanes; every lane holds a word of 32 bits.
INLINE void philox_eight(struct ck_stream stream, u8 x[4]) {
  // Words of 32 bits in lanes of 64, so that a product of two keeps its upper half.
  const u8 low = (u8)(0xffffffffu);
  uint32_t key0 = stream.key[0], key1 = stream.key[1];
  for (int round = 0; round < 10; round++) {
    const u8 left = x[0] * 0xD2511F53u, right = x[2] * 0xCD9E8D57u;
    x[0] = (right >> 32) ^ x[1] ^ key0;
    x[1] = right & low;
    x[2] = (left >> 32) ^ x[3] ^ key1;
    x[3] = left & low;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

static void random_words(uint64_t *words, struct ck_stream stream, uint64_t block,
                         ptrdiff_t blocks) {
  for (ptrdiff_t first = 0; first < blocks; first += 8) {
    const u8 counter = block + (uint64_t)first + (u8){0, 1, 2, 3, 4, 5, 6, 7};
    u8 x[4] = {counter & 0xffffffffu, counter >> 32, (u8)(stream.index), (u8)(stream.purpose)};
    philox_eight(stream, x);
    const u8 one = x[0] | x[1] << 32, two = x[2] | x[3] << 32;
    const u8 halves[2] = {__builtin_shufflevector(one, two, 0, 8, 1, 9, 2, 10, 3, 11),
                          __builtin_shufflevector(one, two, 4, 12, 5, 13, 6, 14, 7, 15)};
    const ptrdiff_t left = blocks - first;
    // A constant number of bytes where there are eight blocks, so that they are stored at once.
    if (left >= 8)
      memcpy(words + 2 * first, halves, sizeof halves);
    else
      memcpy(words + 2 * first, halves, (size_t)left * 2 * sizeof(uint64_t));
  }
}
