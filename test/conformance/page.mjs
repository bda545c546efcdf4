/**
 * What `browser.ts` loads into a page, as `train(options)`: by the page's own thread, which must not wait for others, or,
 * where there are to be several, by a worker, which runs this file too.
 */
import { trainAll } from "./networks.mjs";

function trainInWorker(options) {
  const worker = new Worker(import.meta.url, { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => ("failure" in data ? reject(new Error(data.failure)) : resolve(data));
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(options, []);
  }).finally(() => worker.terminate());
}

if (typeof document === "undefined") {
  onmessage = async ({ data }) => {
    postMessage(await trainAll(data).catch((error) => ({ failure: error.message })));
  };
} else {
  globalThis.train = (options) => (options.threads > 1 ? trainInWorker(options) : trainAll(options));
}
