import CKernels

/// The instruction set that the arithmetic uses, the same for the whole process.
public enum KernelLevel {
  /// The name of the level in use: `avx512`, `avx2` or `portable`.
  public static var active: String { String(cString: ck_level_name(ck_active_level())) }

  /// What the environment variable `PPO_KERNELS` asked for if this processor does not have it.
  public static var refused: String? { ck_refused_level().map { String(cString: $0) } }

  /// The names of all levels that this processor has.
  public static var available: [String] {
    [ck_level_portable, ck_level_avx2, ck_level_avx512]
      .filter { ck_kernels_of($0) != nil }
      .map { String(cString: ck_level_name($0)) }
  }
}
