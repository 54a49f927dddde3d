"""The bug zoo of notebook 6 as tables: what the gradient check says to each mistake, and where.

The animals are those of shared/lessons/zoo.py, here with a name each: kinds of network, FiveLines is the correct one.
"""

from shared.lessons.zoo import BUGS, FiveLines, kind  # noqa: F401 (FiveLines is for the tests)

MeanForgotten = kind(BUGS["dA: 1/m forgotten"])
MeanTwice = kind(BUGS["dA: 1/m twice"])
HalfForgotten = kind(BUGS["dA: the half forgotten"])
SignFlipped = kind(BUGS["dA: sign flipped"])
DerivativeForgotten = kind(BUGS["dZ: g' forgotten"])
DerivativeOfA = kind(BUGS["dZ: g' of a"])
ReluMaskOfA = kind(BUGS["dZ: ReLU mask a ≥ 0"])
DerivativeTwice = kind(BUGS["dZ: g' once more"])
WeightsTransposed = kind(BUGS["dW: transposed"])
OwnActivations = kind(BUGS["dW: activations of its own layer"])
StarInWeights = kind(BUGS["dW: * for @"])
NotCleared = kind(BUGS["dW: += without clearing"])
MeanInBias = kind(BUGS["db: mean for sum"])
BiasOfOneSample = kind(BUGS["db: one sample only"])
BiasAlongTheWrongAxis = kind(BUGS["db: sum along the wrong axis"])
TransposeForgotten = kind(BUGS["dA: W not transposed"])
StarInActivations = kind(BUGS["dA: * for @"])
UpdatedTooSoon = kind(BUGS["dA: W updated too soon"])

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
