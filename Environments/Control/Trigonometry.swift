import CKernels

/// The sine and the cosine of an angle in radians.
///
/// Computed by the kernels and not by the C library, whose versions differ in the last bit: a
/// trajectory must be the same on every machine.
@inline(always)
func sineAndCosine(_ angle: Double) -> (sine: Double, cosine: Double) {
  var sine = 0.0
  var cosine = 0.0
  ck_sincos_f64(angle, &sine, &cosine)
  return (sine, cosine)
}
