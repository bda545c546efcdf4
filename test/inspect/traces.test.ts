import { expect, it } from "vitest";
import { LanegradError } from "../../src/ground/errors.ts";
import { Recorder, type Recording } from "../../src/inspect/recording.ts";
import { provideTracing, tracing, type View } from "../../src/inspect/traces.ts";

it("are there once somebody has brought them", () => {
  expect(tracing).toThrow(LanegradError);
  expect(tracing).toThrow('got none; `import "lanegrad/dataflow"` brings them');
  const provided = { Recorder, open: (recording: Recording) => recording as unknown as View };
  provideTracing(provided);
  expect(tracing()).toBe(provided);
});
