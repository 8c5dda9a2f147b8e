extension BalancerRegistry {
  /// All balancers of this module.
  public static let standard = BalancerRegistry(
    methods: [
      Method(FixedCoefficients.self) { terms throws(BalancerError) in
        FixedCoefficients(terms: terms)
      },
      Method(RunningMaximum.self) { terms throws(BalancerError) in
        try RunningMaximum(terms: terms)
      },
      Method(LogNormalization.self) { terms throws(BalancerError) in
        try LogNormalization(terms: terms)
      },
      Method(GradNorm.self) { terms throws(BalancerError) in
        try GradNorm(terms: terms)
      },
      Method(AnchoredMagnitude.self) { terms throws(BalancerError) in
        try AnchoredMagnitude(terms: terms)
      },
      Method(AnchoredNorm.self) { terms throws(BalancerError) in
        try AnchoredNorm(terms: terms)
      },
      Method(AverageMagnitude.self) { terms throws(BalancerError) in
        try AverageMagnitude(terms: terms)
      },
      Method(AverageLogMagnitude.self) { terms throws(BalancerError) in
        try AverageLogMagnitude(terms: terms)
      },
      Method(EnCodecBalance.self) { terms throws(BalancerError) in
        try EnCodecBalance(terms: terms)
      },
      Method(NormBalance.self) { terms throws(BalancerError) in
        try NormBalance(terms: terms)
      },
      Method(LearningRateAnnealing.self) { terms throws(BalancerError) in
        try LearningRateAnnealing(terms: terms)
      },
      Method(AdaptiveRatio.self) { terms throws(BalancerError) in
        try AdaptiveRatio(terms: terms)
      },
      Method(PublishedGradNorm.self) { terms throws(BalancerError) in
        try PublishedGradNorm(terms: terms)
      },
      Method(DBMTL.self) { terms throws(BalancerError) in
        try DBMTL(terms: terms)
      },
      Method(UncertaintyWeighting.self) { terms throws(BalancerError) in
        try UncertaintyWeighting(terms: terms)
      },
      Method(ImpartialLosses.self) { terms throws(BalancerError) in
        try ImpartialLosses(terms: terms)
      },
      Method(FAMO.self) { terms throws(BalancerError) in
        try FAMO(terms: terms)
      },
      Method(GeometricLoss.self) { terms throws(BalancerError) in
        try GeometricLoss(terms: terms)
      },
      Method(DynamicWeightAverage.self) { terms throws(BalancerError) in
        try DynamicWeightAverage(terms: terms)
      },
      Method(SoftAdapt.self) { terms throws(BalancerError) in
        try SoftAdapt(terms: terms)
      },
      Method(ReLoBRaLo.self) { terms throws(BalancerError) in
        try ReLoBRaLo(terms: terms)
      },
      Method(RandomWeighting.self) { terms throws(BalancerError) in
        RandomWeighting(terms: terms)
      },
      Method(MGDA.self) { terms throws(BalancerError) in
        MGDA(terms: terms)
      },
      Method(PCGrad.self) { terms throws(BalancerError) in
        PCGrad(terms: terms)
      },
      Method(GradVac.self) { terms throws(BalancerError) in
        try GradVac(terms: terms)
      },
      Method(CAGrad.self) { terms throws(BalancerError) in
        try CAGrad(terms: terms)
      },
      Method(ImpartialGradients.self) { terms throws(BalancerError) in
        ImpartialGradients(terms: terms)
      },
      Method(NashMTL.self) { terms throws(BalancerError) in
        try NashMTL(terms: terms)
      },
      Method(FairGrad.self) { terms throws(BalancerError) in
        try FairGrad(terms: terms)
      },
      Method(AlignedMTL.self) { terms throws(BalancerError) in
        AlignedMTL(terms: terms)
      },
      Method(UPGrad.self) { terms throws(BalancerError) in
        try UPGrad(terms: terms)
      },
      Method(DualProj.self) { terms throws(BalancerError) in
        try DualProj(terms: terms)
      },
      Method(ConFIG.self) { terms throws(BalancerError) in
        ConFIG(terms: terms)
      },
    ],
    modifiers: [
      Modifier(Anchored.self) { base, _ throws(BalancerError) in
        try Anchored(base)
      },
      Modifier(Clamped.self) { base, _ throws(BalancerError) in
        try Clamped(base)
      },
      Modifier(Every.self) { base, number throws(BalancerError) in
        try Every(number ?? 10, base)
      },
      Modifier(Frozen.self) { base, _ throws(BalancerError) in
        try Frozen(base)
      },
      Modifier(RowNormalized.self) { base, _ throws(BalancerError) in
        try RowNormalized(base)
      },
    ])
}
