/**
 * Worker threads that share the calls of an engine: `worker_threads` in Node, Deno and Bun, Web Workers elsewhere. A
 * worker instantiates the same module over the same memory and then stays inside of it, in `work`, until it is stopped.
 */
import { hasNodeModules, importNode } from "../../ground/host.ts";

/** What a worker is told. */
interface Task {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly team: number;
  readonly thread: number;
}

/**
 * The worker's code, as text, so that no bundler has to find a file. It fills its function table as `installKernels` does.
 */
const workerCode = `
  const run = ({ module, memory, team, thread }, report) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    for (const value of Object.values(exports)) if (typeof value === "function") exports.table.grow(1, value);
    report("ready");
    exports.work(team, thread);
  };
`;

/** Why calls cannot be shared among threads here, or undefined where they can. */
export function threadsObstacle(): string | undefined {
  if (typeof SharedArrayBuffer !== "function") return "memory cannot be shared here";
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return undefined;
  } catch {
    return "a page's own thread must not wait for others, as one of its workers may";
  }
}

/**
 * Starts workers for threads 1 to `threads` - 1 and resolves when all are ready. `onDeath` is called when one ends that
 * was not told to.
 * @throws if one cannot be had; the others are there then, for the caller to stop.
 */
export async function startTeam(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  team: number,
  threads: number,
  onDeath: (reason: string) => void,
): Promise<void> {
  const start = hasNodeModules() ? startNodeWorker : startWebWorker;
  const tasks = Array.from({ length: threads - 1 }, (_, i): Task => ({ module, memory, team, thread: i + 1 }));
  let early: string | undefined;
  const report = (reason: string) => {
    early ??= reason;
    onDeath(reason);
  };
  await Promise.all(tasks.map((task) => start(task, report)));
  if (early !== undefined) throw new Error(early);
}

async function startNodeWorker(task: Task, onDeath: (reason: string) => void): Promise<void> {
  const { Worker } = await importNode("worker_threads");
  const code = `${workerCode}
    const { parentPort, workerData } = require("node:worker_threads");
    run(workerData, (message) => parentPort.postMessage(message));`;
  // The program's own flags, of modules to load first for instance, are nothing to a worker.
  const worker = new Worker(code, { eval: true, execArgv: [], workerData: task });
  await new Promise<void>((resolve, reject) => {
    const lost = (reason: string) => {
      reject(new Error(reason)); // without effect once it has been ready
      onDeath(reason);
    };
    worker.once("message", () => resolve());
    worker.on("error", ({ message }) => lost(message));
    worker.on("exit", () => lost("it ended"));
  });
  // A program that has nothing else to do may end.
  worker.unref();
}

async function startWebWorker(task: Task, onDeath: (reason: string) => void): Promise<void> {
  const code = `${workerCode} onmessage = ({ data }) => { run(data, postMessage); close(); };`;
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = (event) => reject(new Error(event.message || "the page does not allow it"));
      worker.postMessage(task, []);
    });
  } finally {
    URL.revokeObjectURL(url);
  }
  worker.onerror = (event) => onDeath(event.message);
}
