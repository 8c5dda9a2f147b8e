/// A uniform pole hinged to a cart, both without friction: what a force does to them.
///
/// Source: Florian, *Correct Equations for the Dynamics of the Cart-Pole System*, 2007, the
/// equations without friction, <https://coneural.org/florian/papers/05_cart_pole.pdf>.
struct CartPoleMechanics {
  /// The acceleration of free fall in m/s².
  var gravity: Double
  /// The mass of the cart in kg.
  var cartMass: Double
  /// The mass of the pole in kg.
  var poleMass: Double
  /// Half the length of the pole in m.
  var poleHalfLength: Double

  private var totalMass: Double { cartMass + poleMass }
  private var poleMassLength: Double { poleMass * poleHalfLength }

  /// The accelerations that a force leads to.
  ///
  /// - Parameters:
  ///   - angle: The angle of the pole in rad, 0 upright, positive to the right.
  ///   - angularVelocity: The angular velocity of the pole in rad/s.
  ///   - force: The force on the cart in N, to the right.
  /// - Returns: The acceleration of the cart in m/s², the angular one of the pole in rad/s².
  @inline(__always)
  func accelerations(
    angle: Double, angularVelocity: Double, force: Double
  ) -> (cart: Double, pole: Double) {
    let (sine, cosine) = sineAndCosine(angle)
    let spin = angularVelocity * angularVelocity
    let push = (force + poleMassLength * spin * sine) / totalMass
    let pole =
      (gravity * sine - cosine * push)
      / (poleHalfLength * (4.0 / 3.0 - poleMass * (cosine * cosine) / totalMass))
    let cart = push - poleMassLength * pole * cosine / totalMass
    return (cart, pole)
  }
}
