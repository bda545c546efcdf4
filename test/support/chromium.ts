/** Chromium, and a server of pages for it. */
import { access, constants } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * The browser that CHROME names by its path, or one by the usual names; undefined where there is none.
 * @throws if there is one that does not start.
 */
export async function launchChromium(): Promise<Browser | undefined> {
  const file = await findBrowser();
  return file === undefined ? undefined : chromium.launch({ executablePath: file });
}

async function findBrowser(): Promise<string | undefined> {
  if (process.env.CHROME) return process.env.CHROME;
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of names) {
      const file = join(folder, name);
      const found = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (found) return file;
    }
  }
  return undefined;
}

/** By these a page gets shared memory. */
export const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export interface Site {
  /** Without a slash at its end. */
  readonly origin: string;
  close(): void;
}

/** A server on a port of this machine that is free. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Site> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}
