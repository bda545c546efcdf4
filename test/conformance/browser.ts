/** Chromium, where there is one, as a runtime to train in: a page of a server of its own, isolated from other origins. */
import { access, constants, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface Browser {
  readonly version: string;
  /** What `trainAll` of `networks.mjs` resolves with, as JSON. */
  train(options: { readonly engine: string; readonly threads: number }): Promise<unknown>;
  stop(): Promise<void>;
}

/** As much of playwright-core as is used here; it is installed among the runtimes. */
interface Playwright {
  readonly chromium: {
    launch(options: { executablePath: string }): Promise<{
      version(): string;
      newPage(): Promise<{ goto(url: string): Promise<unknown>; evaluate(expression: string): Promise<unknown> }>;
      close(): Promise<void>;
    }>;
  };
}

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const here = new URL(".", import.meta.url);

/** How long an answer of the page may take, in milliseconds. */
const PATIENCE = 120_000;

/**
 * The browser that CHROME names by its path, or one by the usual names; undefined where there is none.
 * @throws if there is one that does not start.
 */
export async function startBrowser(): Promise<Browser | undefined> {
  const file = await findBrowser();
  if (file === undefined) return undefined;
  const driver = new URL("runtimes/node_modules/playwright-core/index.mjs", here);
  const { chromium } = (await import(driver.href)) as Playwright;
  const browser = await chromium.launch({ executablePath: file });
  let server: Server | undefined;
  const stop = () => browser.close().finally(() => server?.close());
  try {
    server = await serve(await bundle());
    const page = await browser.newPage();
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    const titanic = await readFile(new URL("../../src/cli/titanic/titanic.csv", here), "utf8");
    return {
      version: /^\d+/.exec(browser.version())![0],
      train: (options) => withDeadline(page.evaluate(`train(${JSON.stringify({ ...options, titanic })})`)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function withDeadline<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
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

async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page.mjs", here))],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0]!.contents;
}

/** The page and its script, with the headers by which a page gets shared memory. */
function serve(script: Uint8Array): Promise<Server> {
  const server = createServer(({ url }, response) => {
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    response.setHeader("Content-Type", url === "/page.js" ? "text/javascript" : "text/html");
    response.end(url === "/page.js" ? script : '<!doctype html><script type="module" src="/page.js"></script>');
  });
  return new Promise((resolve) => server.listen(0, "localhost", () => resolve(server)));
}
