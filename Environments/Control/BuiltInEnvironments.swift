import EnvironmentKit

extension EnvironmentRegistry {
  /// The environments that come with the package.
  ///
  ///     let environment = try EnvironmentRegistry.builtIn.environment(named: "cartpole")
  public static let builtIn = EnvironmentRegistry([
    CartPole(),
    Acrobot(),
    MountainCar(),
    MountainCarContinuous(),
    Pendulum(),
    CartPoleSwingUp(),
    CartDoublePendulum(),
    PlanarQuadrotor(),
  ])
}
