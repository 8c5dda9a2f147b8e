extension BalancerRegistry {
  /// All balancers of this module.
  public static let standard = BalancerRegistry(
    methods: [
      FixedCoefficients.self, RunningMaximum.self, LogNormalization.self, GradNorm.self,
      AnchoredMagnitude.self, AnchoredNorm.self, AverageMagnitude.self, AverageLogMagnitude.self,
      EnCodecBalance.self, NormBalance.self, LearningRateAnnealing.self, AdaptiveRatio.self,
      PublishedGradNorm.self, DBMTL.self, UncertaintyWeighting.self, ImpartialLosses.self,
      FAMO.self, GeometricLoss.self, DynamicWeightAverage.self, SoftAdapt.self, ReLoBRaLo.self,
      RandomWeighting.self, MGDA.self, PCGrad.self, GradVac.self, CAGrad.self,
      ImpartialGradients.self, NashMTL.self, FairGrad.self, AlignedMTL.self, UPGrad.self,
      DualProj.self, ConFIG.self,
    ],
    modifiers: [
      Anchored.self, Clamped.self, Every.self, Frozen.self, RowNormalized.self,
    ])
}
