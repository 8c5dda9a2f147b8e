#ifndef CK_PLATFORM_H
#define CK_PLATFORM_H

// What differs between processors and systems, apart from the kernels' levels.

/// Tells the processor that this is a waiting loop.
static inline void ck_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
