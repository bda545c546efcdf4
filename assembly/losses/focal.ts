/**
 * l = mean_i of c_i q_i^gamma times the binary cross-entropy, for q = x + y - 2 x y, how far the output is off, and c = alpha
 * y + (1 - alpha) (1 - y), or 1. From logits, x = sigma(s), the cross-entropy is that of `binaryCrossEntropy`.
 */
import { exp, log } from "../math";
import { Op, Pass } from "../tables";
import { CrossEntropy } from "./binaryCrossEntropy";
import { awayFromZero, gradientEach, LARGEST, valueEach } from "./elementwise";

/** negative: c of a target of 0; positive: by how much more it is of one of 1. */
@unmanaged
class Focal {
  gamma: f32;
  negative: f32;
  positive: f32;

  @inline
  off(x: v128, y: v128): v128 {
    const twice = f32x4.add(x, x);
    return awayFromZero(f32x4.add(x, f32x4.mul(y, f32x4.sub(f32x4.splat(1), twice))));
  }

  /** c q^gamma */
  @inline
  factor(q: v128, y: v128): v128 {
    const c = f32x4.add(f32x4.splat(this.negative), f32x4.mul(f32x4.splat(this.positive), y));
    return f32x4.mul(c, exp(f32x4.mul(f32x4.splat(this.gamma), log(q))));
  }

  /** The derivative of ln q^gamma by x, times the cross-entropy: gamma (1 - 2 y) / q of it. */
  @inline
  pull(x: v128, y: v128, q: v128): v128 {
    const by = f32x4.mul(f32x4.splat(this.gamma), f32x4.sub(f32x4.splat(1), f32x4.add(y, y)));
    return f32x4.mul(CrossEntropy.term(x, y), f32x4.div(by, q));
  }
}

@unmanaged
class FromOutputs extends Focal {
  term(x: v128, s: v128, y: v128): v128 {
    return f32x4.mul(this.factor(this.off(x, y), y), CrossEntropy.term(x, y));
  }

  derivative(x: v128, y: v128): v128 {
    const q = this.off(x, y);
    return f32x4.mul(this.factor(q, y), f32x4.add(CrossEntropy.derivative(x, y), this.pull(x, y, q)));
  }
}

@unmanaged
class FromLogits extends Focal {
  term(x: v128, s: v128, y: v128): v128 {
    return f32x4.mul(this.factor(this.off(x, y), y), CrossEntropy.fromLogit(s, y));
  }

  derivative(x: v128, y: v128): v128 {
    const q = this.off(x, y);
    const slope = f32x4.mul(x, f32x4.sub(f32x4.splat(1), x));
    const sum = f32x4.add(f32x4.sub(x, y), f32x4.mul(slope, this.pull(x, y, q)));
    return f32x4.mul(this.factor(q, y), sum);
  }
}

export function value(op: Op, pass: Pass, begin: i32, end: i32): void {
  valueEach<FromOutputs>(op, pass, begin, end, 1 / <f64>op.fanIn);
}

export function gradient(op: Op, pass: Pass, begin: i32, end: i32): void {
  gradientEach<FromOutputs>(op, pass, begin, end, pass.scale / <f32>op.fanIn);
}

export function valueFromLogits(op: Op, pass: Pass, begin: i32, end: i32): void {
  valueEach<FromLogits>(op, pass, begin, end, 1 / <f64>op.fanIn, LARGEST);
}

export function gradientFromLogits(op: Op, pass: Pass, begin: i32, end: i32): void {
  gradientEach<FromLogits>(op, pass, begin, end, pass.scale / <f32>op.fanIn);
}
