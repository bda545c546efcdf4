/**
 * Child processes that answer tasks. A JavaScript contender gets a new process for every task; Python ones, which take
 * seconds to load, keep theirs, sleeping between tasks.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Entry } from "./contender.ts";
import { type Answer, ANSWER_MARK, type Task } from "./task.ts";

/** Answers tasks of one contender. */
export interface Worker {
  /** @throws Error saying why there is no answer, if there is none within so many seconds. */
  ask<T extends Task>(task: T, seconds: number): Promise<Answer<T>>;
  stop(): void;
}

const LAST_WORDS = 2000;

/** One child process: what it says on standard output, answer by answer. */
class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<string>;
  #onAnswer: ((text: string) => void) | undefined;
  #lastWords = "";

  constructor(command: readonly string[], env: NodeJS.ProcessEnv) {
    const [file, ...args] = command as [string, ...string[]];
    this.#process = spawn(file, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#process.stdin!.on("error", () => {});
    this.#process.stderr!.on("data", (text: Buffer) => {
      this.#lastWords = (this.#lastWords + text.toString()).slice(-LAST_WORDS);
    });
    createInterface(this.#process.stdout!).on("line", (line) => {
      if (line.startsWith(ANSWER_MARK)) this.#onAnswer?.(line.slice(ANSWER_MARK.length));
    });
    this.#ended = new Promise((resolve) => {
      this.#process.on("error", ({ message }) => resolve(message));
      this.#process.on("close", (code, signal) => resolve(this.#epitaph(code, signal)));
    });
  }

  #epitaph(code: number | null, signal: string | null): string {
    const lines = this.#lastWords.trim().split("\n");
    const telling = lines.findLast((line) => /error|fatal/i.test(line)) ?? lines.at(-1)!;
    return `its process ended (${signal ?? code}) ${telling}`.trim().slice(0, 300);
  }

  send(line: string): void {
    this.#process.stdin!.write(`${line}\n`);
  }

  async answer(seconds: number): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<unknown>((resolve) => (this.#onAnswer = (text) => resolve(JSON.parse(text))));
    const late = new Promise<unknown>((resolve) => {
      timer = setTimeout(() => resolve({ failure: `more than ${seconds} s`, late: true }), seconds * 1000);
    });
    const died = this.#ended.then((failure) => ({ failure }));
    try {
      const answer = (await Promise.race([answered, late, died])) as { failure?: string; late?: boolean };
      if (answer.late) this.stop();
      if (answer.failure !== undefined) throw new Error(answer.failure);
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  stop(): void {
    this.#process.kill("SIGKILL");
  }

  ended(): Promise<unknown> {
    return this.#ended;
  }
}

/** `runtime`: the Node that runs the child; `bundle`: `child.ts`, as it can run it. */
export function nodeWorker(entry: Entry, runtime: string, bundle: string): Worker {
  return {
    async ask<T extends Task>(task: T, seconds: number) {
      const child = new Child([runtime, bundle, JSON.stringify(entry), JSON.stringify(task)], process.env);
      try {
        return (await child.answer(seconds)) as Answer<T>;
      } finally {
        // It ends by itself; were it not waited for, it would disturb the next one.
        setTimeout(() => child.stop(), 2000).unref();
        await child.ended();
      }
    },
    stop() {},
  };
}

export function pythonWorker(entry: Entry): Worker {
  let child: Child | undefined;
  return {
    async ask<T extends Task>(task: T, seconds: number) {
      child ??= new Child(pythonCommand(entry), pythonEnvironment(entry.threads));
      child.send(JSON.stringify(task));
      try {
        return (await child.answer(seconds)) as Answer<T>;
      } catch (failure) {
        child.stop();
        child = undefined;
        throw failure;
      }
    },
    stop: () => child?.stop(),
  };
}

function pythonCommand({ file, options, threads }: Entry): string[] {
  const script = fileURLToPath(new URL("python/child.py", import.meta.url));
  const command = [process.env.LANEGRAD_PYTHON ?? "python3", script, file, JSON.stringify(options)];
  const hasTaskset = spawnSync("taskset", ["--version"]).status === 0;
  return threads === 1 && hasTaskset ? ["taskset", "-c", "0", ...command] : command;
}

/** As many threads as asked for; and no override of what OpenBLAS finds out about the machine by itself. */
function pythonEnvironment(threads: number): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _cache, ...inherited } = process.env;
  const count = String(threads);
  return {
    ...inherited,
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    ...(threads === 1 && { XLA_FLAGS: "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1" }),
    JAX_PLATFORMS: "cpu",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONWARNINGS: "ignore",
  };
}
