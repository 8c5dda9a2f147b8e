/// Advances a state by one step of the classical method of Runge and Kutta, of fourth order.
///
/// - Parameters:
///   - state: The state at the beginning of the step.
///   - step: The time of the step.
///   - derivative: The change of a state per unit of time.
/// - Returns: The state at the end of the step.
@inline(__always)
func rungeKutta<State: SIMD>(
  _ state: State, step: Double, derivative: (State) -> State
) -> State where State.Scalar == Double {
  let half = step / 2
  let k1 = derivative(state)
  let k2 = derivative(state + half * k1)
  let k3 = derivative(state + half * k2)
  let k4 = derivative(state + step * k3)
  return state + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
}
