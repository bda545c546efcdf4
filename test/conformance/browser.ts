/** Chromium, where there is one, as a runtime to train in: a page of a server of its own, isolated from other origins. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
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
    launch(options: { executablePath: string; args: string[] }): Promise<{
      version(): string;
      newPage(): Promise<{ goto(url: string): Promise<unknown>; evaluate(expression: string): Promise<unknown> }>;
      close(): Promise<void>;
    }>;
  };
}

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const here = new URL(".", import.meta.url);

/** The browser that CHROME names, or one of the usual names; undefined where there is none. */
export async function startBrowser(): Promise<Browser | undefined> {
  const file = await findBrowser();
  if (file === undefined) return undefined;
  const driver = new URL("runtimes/node_modules/playwright-core/index.mjs", here);
  const { chromium } = (await import(driver.href)) as Playwright;
  const server = await serve(await bundle());
  // A root user, as in a container, has no sandbox.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath: file, args });
  const page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  const titanic = await readFile(new URL("../../src/cli/titanic/titanic.csv", here), "utf8");
  return {
    version: /^\d+/.exec(browser.version())![0],
    train: (options) => page.evaluate(`train(${JSON.stringify({ ...options, titanic })})`),
    async stop() {
      await browser.close();
      server.close();
    },
  };
}

async function findBrowser(): Promise<string | undefined> {
  for (const name of process.env.CHROME === undefined ? names : [process.env.CHROME]) {
    const answer = await promisify(execFile)(name, ["--version"]).catch(() => undefined);
    if (answer !== undefined) return pathOf(name);
  }
  return undefined;
}

async function pathOf(name: string): Promise<string> {
  if (name.includes("/")) return name;
  return (await promisify(execFile)("which", [name])).stdout.trim();
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
