/**
 * Whether this host can run the tier `wide`. V8's revectorizer is experimental: on code it does not expect it ends the
 * process, which no `try` catches. So a version on which these kernels have not been tested tries them first in a child.
 */
import { importNode, isNode, nodeVersion } from "../../ground/host.ts";

/** Node versions whose V8 compiles every kernel rightly, as `npm run conformance` shows. */
const verified = [24, 26];
/** Milliseconds that the trial may take. */
const PATIENCE = 20_000;

let known: string | undefined | null = null;

/** Why `wide` is not to be had, in words, or undefined where it is. Asked once per process. */
export async function wideObstacle(bytes: Uint8Array, flags: readonly string[]): Promise<string | undefined> {
  if (known === null) known = await findObstacle(bytes, flags);
  return known;
}

async function findObstacle(bytes: Uint8Array, flags: readonly string[]): Promise<string | undefined> {
  if (!isNode()) return "this host is not Node";
  if (process.arch !== "x64" || !(await hasAvx2())) return "this processor lacks AVX2";
  const version = nodeVersion();
  if (version < verified[0]!) return `Node ${version} is too old for it`;
  if (verified.includes(version)) return undefined;
  return (await worksInChild(bytes, flags)) ? undefined : `Node ${version} did not compile it in a trial`;
}

/** Linux tells; of other systems' x64 processors hardly one is old enough to lack it. */
async function hasAvx2(): Promise<boolean> {
  if (process.platform !== "linux") return true;
  const { readFile } = await importNode("fs/promises");
  return readFile("/proc/cpuinfo", "utf8").then(
    (text) => /\bavx2\b/.test(text),
    () => true,
  );
}

/** Compiles the module in a child process, with the flags, and lets it compute. */
async function worksInChild(bytes: Uint8Array, flags: readonly string[]): Promise<boolean> {
  const { spawn } = await importNode("child_process");
  const script = `
    const chunks = [];
    process.stdin.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
      for (const flag of ${JSON.stringify(flags)}) require("node:v8").setFlagsFromString(flag);
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
      const module = new WebAssembly.Module(Buffer.concat(chunks));
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      const sums = new Float32Array(memory.buffer, 64, 112).fill(1);
      exports.multiplyAdds(64, 2);
      process.exitCode = sums[0] === 3 && sums[95] === 3 ? 0 : 1;
    });`;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "ignore", "ignore"], timeout: PATIENCE });
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
    child.stdin.on("error", () => {}); // a child that ended early tells by its exit code
    child.stdin.end(bytes);
  });
}
