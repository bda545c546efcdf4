import { each, type InitializerKind, plain } from "./initializer.ts";

export interface Zeros {
  readonly name: "zeros";
}

/** All 0: right for a network without hidden layers only, whose units need no difference to grow. */
export const zerosKind: InitializerKind<Zeros> = { ...plain("zeros"), weights: (w) => each(w, () => 0) };
