#ifndef CK_SCALAR_H
#define CK_SCALAR_H

/// Double-precision functions of our own, so that no version of a C library changes a trajectory.
///
/// They use additions, multiplications and divisions only, never fused, hence give the same bits on
/// every machine.

/// The sine and the cosine of `x`, to about 1e-15 for |x| up to 1e5.
void ck_sincos_f64(double x, double *sine, double *cosine);

/// The natural logarithm of `x`, to about 1e-15 relative; −∞ at 0, NaN below, ∞ and NaN stay.
double ck_log_f64(double x);

/// e to the power of `x`, to about 1e-15 relative; ∞ from 709.8 on, denormal numbers and then 0
/// below −708.4; NaN stays.
double ck_exp_f64(double x);

#endif
