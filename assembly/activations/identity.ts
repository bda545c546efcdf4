/** x = s; dx/ds = 1. */
import { Op, Pass } from "../tables";
import { backwardEach, forwardEach } from "./elementwise";

@unmanaged
class Identity {
  forward(s: v128): v128 {
    return s;
  }

  backward(dx: v128, x: v128): v128 {
    return dx;
  }
}

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  forwardEach<Identity>(op, begin, end);
}

export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  backwardEach<Identity>(op, begin, end);
}
