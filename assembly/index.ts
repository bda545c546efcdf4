/**
 * The exported functions, nothing else. A host calls forward, loss, gradient and step; the kernels of ops, activations,
 * losses and optimizers it puts into the function table by the names that they have here.
 */
export { forward, gradient, loss, step, steps, stop, totalWeight, updateParameters, work } from "./network";

export { forward as panelsForward } from "./ops/panels";
export {
  forward as denseForward,
  backward as denseBackward,
  parameterGradient as denseParameterGradient,
} from "./ops/dense";

export {
  forward as scaleForward,
  backward as scaleBackward,
  parameterGradient as scaleParameterGradient,
} from "./ops/scale";
export { forward as dropoutForward, backward as dropoutBackward } from "./ops/dropout";
export { forward as layerNormForward, backward as layerNormBackward } from "./ops/layerNorm";
export {
  forwardSums as batchNormForwardSums,
  forward as batchNormForward,
  backwardSums as batchNormBackwardSums,
  backward as batchNormBackward,
  settle as batchNormSettle,
} from "./ops/batchNorm";
export {
  forward as headsForward,
  backward as headsBackward,
  value as headsValue,
  gradient as headsGradient,
} from "./ops/heads";

export { forward as identityForward, backward as identityBackward } from "./activations/identity";
export { forward as sigmoidForward, backward as sigmoidBackward } from "./activations/sigmoid";
export { forward as tanhForward, backward as tanhBackward } from "./activations/tanh";
export { forward as reluForward, backward as reluBackward } from "./activations/relu";
export { forward as leakyReluForward, backward as leakyReluBackward } from "./activations/leakyRelu";
export {
  forward as eluForward,
  backward as eluBackward,
  forward as seluForward,
  backward as seluBackward,
} from "./activations/elu";
export { forward as geluForward, backward as geluBackward } from "./activations/gelu";
export { forward as siluForward, backward as siluBackward } from "./activations/silu";
export { forward as softplusForward, backward as softplusBackward } from "./activations/softplus";
export { forward as exponentialForward, backward as exponentialBackward } from "./activations/exponential";
export { forward as hardSigmoidForward, backward as hardSigmoidBackward } from "./activations/hardSigmoid";
export { forward as softmaxForward, backward as softmaxBackward } from "./activations/softmax";

export {
  value as binaryCrossEntropyValue,
  gradient as binaryCrossEntropyGradient,
  valueFromLogits as binaryCrossEntropyValueFromLogits,
  gradientFromLogits as binaryCrossEntropyGradientFromLogits,
} from "./losses/binaryCrossEntropy";
export {
  value as categoricalCrossEntropyValue,
  gradient as categoricalCrossEntropyGradient,
  valueFromLogits as categoricalCrossEntropyValueFromLogits,
  gradientFromLogits as categoricalCrossEntropyGradientFromLogits,
} from "./losses/categoricalCrossEntropy";
export {
  value as focalValue,
  gradient as focalGradient,
  valueFromLogits as focalValueFromLogits,
  gradientFromLogits as focalGradientFromLogits,
} from "./losses/focal";
export { value as huberValue, gradient as huberGradient } from "./losses/huber";
export { value as meanSquaredErrorValue, gradient as meanSquaredErrorGradient } from "./losses/meanSquaredError";
export {
  value as quantileValue,
  gradient as quantileGradient,
  value as meanAbsoluteErrorValue,
  gradient as meanAbsoluteErrorGradient,
} from "./losses/quantile";
export {
  value as poissonValue,
  gradient as poissonGradient,
  valueFromLogits as poissonValueFromLogits,
  gradientFromLogits as poissonGradientFromLogits,
} from "./losses/poisson";

export { update as sgdUpdate } from "./optimizers/sgd";
export { advance as momentumAdvance, update as momentumUpdate } from "./optimizers/momentum";
export { update as rmspropUpdate } from "./optimizers/rmsprop";
export { update as adagradUpdate } from "./optimizers/adagrad";
export { update as adadeltaUpdate } from "./optimizers/adadelta";
export { advance as adamAdvance, advance as amsgradAdvance, update as adamUpdate } from "./optimizers/adam";
export { update as amsgradUpdate } from "./optimizers/amsgrad";
export { advance as nadamAdvance, update as nadamUpdate } from "./optimizers/nadam";
export { update as lionUpdate } from "./optimizers/lion";

export { writeConstants } from "./constants";
export { multiplyAdds } from "./limit";
export { erfEach, expEach, expm1Each, logEach, sigmoidEach, tanhEach } from "./measure";
