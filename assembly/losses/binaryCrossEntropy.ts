/**
 * The log loss of the notes, equation (3): l = -y ln x - (1 - y) ln (1 - x), a mean over the outputs.
 * From logits, x = sigma(s): l = max(s, 0) - s y + ln(1 + e^-|s|) and dl/ds = x - y, finite however large s is.
 * With label smoothing e, y is (1 - e) y + e / 2.
 */
import { Inlined, log } from "../math";
import { Op, Pass } from "../tables";
import { awayFromZero, gradientEach, LARGEST, Smoothing, valueEach } from "./elementwise";

/** The equations of one output. */
@unmanaged
export class CrossEntropy {
  @inline
  static term(x: v128, y: v128): v128 {
    const one = f32x4.splat(1);
    const whenTrue = f32x4.mul(y, log(awayFromZero(x)));
    const whenFalse = f32x4.mul(f32x4.sub(one, y), log(awayFromZero(f32x4.sub(one, x))));
    return f32x4.neg(f32x4.add(whenTrue, whenFalse));
  }

  @inline
  static derivative(x: v128, y: v128): v128 {
    const one = f32x4.splat(1);
    const whenFalse = f32x4.div(f32x4.sub(one, y), awayFromZero(f32x4.sub(one, x)));
    return f32x4.sub(whenFalse, f32x4.div(y, awayFromZero(x)));
  }

  @inline
  static fromLogit(s: v128, y: v128): v128 {
    const linear = f32x4.sub(f32x4.pmax(s, f32x4.splat(0)), f32x4.mul(s, y));
    return f32x4.add(linear, Inlined.log1p(Inlined.exp(f32x4.neg(f32x4.abs(s)))));
  }
}

@unmanaged
class FromOutputs extends Smoothing {
  term(x: v128, s: v128, y: v128): v128 {
    return CrossEntropy.term(x, this.smoothed(y));
  }

  derivative(x: v128, y: v128): v128 {
    return CrossEntropy.derivative(x, this.smoothed(y));
  }
}

@unmanaged
class FromLogits {
  @inline
  term(x: v128, s: v128, y: v128): v128 {
    return CrossEntropy.fromLogit(s, y);
  }

  derivative(x: v128, y: v128): v128 {
    return f32x4.sub(x, y);
  }
}

@unmanaged
class SmoothedFromLogits extends Smoothing {
  @inline
  term(x: v128, s: v128, y: v128): v128 {
    return CrossEntropy.fromLogit(s, this.smoothed(y));
  }

  derivative(x: v128, y: v128): v128 {
    return f32x4.sub(x, this.smoothed(y));
  }
}

export function value(op: Op, pass: Pass, begin: i32, end: i32): void {
  valueEach<FromOutputs>(op, pass, begin, end, 1 / <f64>op.fanIn);
}

export function gradient(op: Op, pass: Pass, begin: i32, end: i32): void {
  gradientEach<FromOutputs>(op, pass, begin, end, pass.scale / <f32>op.fanIn);
}

export function valueFromLogits(op: Op, pass: Pass, begin: i32, end: i32): void {
  const share = 1 / <f64>op.fanIn;
  if (changetype<Smoothing>(op.numbers).isOff) valueEach<FromLogits>(op, pass, begin, end, share, LARGEST);
  else valueEach<SmoothedFromLogits>(op, pass, begin, end, share, LARGEST);
}

export function gradientFromLogits(op: Op, pass: Pass, begin: i32, end: i32): void {
  const scale = pass.scale / <f32>op.fanIn;
  if (changetype<Smoothing>(op.numbers).isOff) gradientEach<FromLogits>(op, pass, begin, end, scale);
  else gradientEach<SmoothedFromLogits>(op, pass, begin, end, scale);
}
