/** Chromium, where there is one, as a runtime to train in: a page of a server of its own, isolated from other origins. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { isolation, launchChromium, serve, type Site } from "../support/chromium.ts";

export interface Browser {
  readonly version: string;
  /** What `trainAll` of `networks.mjs` resolves with, as JSON. */
  train(options: { readonly engine: string; readonly threads: number }): Promise<unknown>;
  stop(): Promise<void>;
}

const here = new URL(".", import.meta.url);

/** How long an answer of the page may take, in milliseconds. */
const PATIENCE = 120_000;

/**
 * Chromium, or undefined where there is none.
 * @throws if there is one that does not start.
 */
export async function startBrowser(): Promise<Browser | undefined> {
  const browser = await launchChromium();
  if (browser === undefined) return undefined;
  let site: Site | undefined;
  const stop = () => browser.close().finally(() => site?.close());
  try {
    site = await servePage(await bundle());
    const page = await browser.newPage();
    await page.goto(`${site.origin}/`);
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

/** The page and its script. */
function servePage(script: Uint8Array): Promise<Site> {
  return serve(({ url }, response) => {
    response.setHeaders(new Map(Object.entries(isolation)));
    response.setHeader("Content-Type", url === "/page.js" ? "text/javascript" : "text/html");
    response.end(url === "/page.js" ? script : '<!doctype html><script type="module" src="/page.js"></script>');
  });
}
