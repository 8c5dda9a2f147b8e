#ifndef CK_PLATFORM_H
#define CK_PLATFORM_H

// What differs between processors and systems, apart from the kernels' levels.

// Checkpoints, TensorBoard's files and packed random words are written as they lie in memory, lowest
// byte first. A processor that stores the highest first would write files that no other can read.
#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "swift-ppo needs a processor that stores the lowest byte first (little-endian)."
#endif

/// Tells the processor that this is a waiting loop.
static inline void ck_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
