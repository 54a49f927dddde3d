"""The bug zoo of notebook 6 as tables: what the gradient check says to each mistake, and where.

The animals are those of the explorer, a class for each mistake: FiveLines is the correct pass, every other class
replaces one of its lines.
"""

from shared.explorers.notebook_06 import (
    BiasAlongTheWrongAxis,
    BiasOfOneSample,
    DerivativeForgotten,
    DerivativeOfA,
    DerivativeTwice,
    FiveLines,  # noqa: F401 (for the tests)
    HalfForgotten,
    MeanForgotten,
    MeanInBias,
    MeanTwice,
    NotCleared,
    OwnActivations,
    ReluMaskOfA,
    SignFlipped,
    StarInActivations,
    StarInWeights,
    TransposeForgotten,
    UpdatedTooSoon,
    WeightsTransposed,
)

# Relative errors of the whole gradient that the tiny example (2-2-1, sigmoid, three samples) gives.
ON_TINY = {
    MeanForgotten: 0.500,
    MeanTwice: 0.500,
    HalfForgotten: 0.333,
    SignFlipped: 1.000,
    DerivativeForgotten: 0.513,
    DerivativeOfA: 0.0197,
    WeightsTransposed: 0.1205,
    MeanInBias: 0.291,
}
# Two inputs, two hidden nodes, two outputs, two samples: here wrong axes and products fit as well.
ON_SQUARES = [OwnActivations, StarInWeights, BiasAlongTheWrongAxis, TransposeForgotten, StarInActivations]
EVERYWHERE = [*ON_TINY, NotCleared, BiasOfOneSample, UpdatedTooSoon]
ON_TINY_WITH_RELU = {ReluMaskOfA: 0.167}
WITH_CROSS_ENTROPY = [DerivativeTwice]
ALL = [*EVERYWHERE, *ON_SQUARES, *ON_TINY_WITH_RELU, *WITH_CROSS_ENTROPY]
