import { expect, it } from "vitest";
import type { Samples } from "../../src/engine/engine.ts";
import { wholeFeed } from "../../src/training/feed.ts";

it("has all rows in one window, which stays as epochs pass", async () => {
  const samples = { capacity: 7 } as Samples;
  const feed = wholeFeed(samples);
  expect(feed).toMatchObject({ rows: 7, size: 7, windows: 1, index: 0 });
  const { window } = feed;
  expect(window).toEqual({ samples, first: 0, end: 7 });
  await feed.ready();
  feed.next();
  expect([feed.index, feed.window]).toEqual([0, window]);
});
