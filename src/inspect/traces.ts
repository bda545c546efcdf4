/**
 * Recordings and the diagrams made of them: both come with `lanegrad/dataflow`, which says so when it is imported. So a program
 * that draws nothing carries nothing for it.
 */
import { LanegradError } from "../ground/errors.ts";
import type { Recorder, Recording } from "./recording.ts";

/**
 * What recordings are opened as, which is not for this library to know: `lanegrad/dataflow` adds `trace`, by declaration
 * merging, to the types of those who import it.
 */
export interface Views {}

/** What there is instead for those who do not. */
interface DataflowIsNotImported {
  readonly hint: 'import "lanegrad/dataflow"';
}

export type View = Views extends { readonly trace: infer T } ? T : DataflowIsNotImported;

/** What it takes to trace. */
export interface Tracing {
  readonly Recorder: typeof Recorder;
  readonly open: (recording: Recording) => View;
}

let provided: Tracing | undefined;

/** Called by `lanegrad/dataflow` as it is imported. */
export function provideTracing(given: Tracing): void {
  provided = given;
}

/** @throws LanegradError where `lanegrad/dataflow` has not been imported. */
export function tracing(): Tracing {
  if (provided !== undefined) return provided;
  throw new LanegradError('trace: expected diagrams to be at hand, got none; `import "lanegrad/dataflow"` brings them');
}
