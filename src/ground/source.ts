/**
 * Text or bytes from where the user says: a file in hosts that have files, or an address. In a page everything is an address, a
 * relative one too.
 */
import { InvalidInputError, LanegradError, refuse, show } from "./errors.ts";
import { nameForPeople, reasonOf } from "./files.ts";
import { hasNodeModules, importNode, STRING_LIMIT, textDecoder } from "./host.ts";
import { breathe, sliceIsOver } from "./scheduler.ts";

export interface Source {
  /** As messages quote it. */
  readonly name: string;
  readonly byteLength: number;
  /**
   * Its text, in pieces; each call reads from the start.
   * @throws InvalidInputError if it cannot be read, or is not UTF-8: letters that turned into others would be other names.
   */
  pieces(): AsyncGenerator<string, void, undefined>;
  /**
   * Its bytes, likewise; each piece is only there until the next is asked for.
   * @throws InvalidInputError if it cannot be read.
   */
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
}

/** Bytes that are decoded at a time: a millisecond or two of work. */
const PIECE_BYTES = 2 ** 18;

/** Schemes of addresses. A single letter is a drive of Windows. */
const schemes = /^(?:https?|data|blob|file):/i;

/**
 * @throws InvalidInputError for what is no path and no URL, and where there is nothing to be read.
 */
export async function openSource(where: string, given: string | URL): Promise<Source> {
  const text = textOf(where, "a path or a URL", given);
  const name = nameForPeople(text);
  if (isAddress(given) && !/^file:/i.test(text)) return openAddress(name, text);
  return hasNodeModules() ? openFile(name, await pathOf(where, given)) : openAddress(name, text);
}

/**
 * Where to write.
 * @throws InvalidInputError for what is no path and no file: URL; LanegradError in a host without files.
 */
export async function pathOf(where: string, given: string | URL): Promise<string> {
  const kind = "the path of a file, or its file: URL";
  const text = textOf(where, kind, given);
  if (!hasNodeModules()) {
    const instead = "JSON.stringify(network) has all that a file would, for a download or a server";
    throw new LanegradError(
      `${where}: expected a host with files, as Node, Deno and Bun are, got one without; ${instead}`,
    );
  }
  if (!isAddress(given)) return text;
  if (!/^file:/i.test(text)) refuse(where, kind, show(text));
  const { fileURLToPath } = await importNode("url");
  try {
    return fileURLToPath(text);
  } catch (cause) {
    return refuse(where, kind, `${show(text)} (${reasonOf(cause)})`);
  }
}

/**
 * The last part of a path or an address.
 * @throws InvalidInputError for what is neither.
 */
export function fileNameOf(where: string, given: string | URL): string {
  const text = textOf(where, "a path or a URL", given);
  const path = isAddress(given) ? text.replace(/[?#].*$/s, "") : text;
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/**
 * The text of a source, whole.
 * @throws InvalidInputError for more than a string can hold, as a device may have that never ends.
 */
export async function readText(source: Source): Promise<string> {
  let text = "";
  for await (const piece of source.pieces()) {
    if (text.length + piece.length > STRING_LIMIT) {
      refuse(source.name, `a text of at most ${STRING_LIMIT} characters, as many as a string can have`, "a longer one");
    }
    text += piece;
  }
  return text;
}

/** A URL is known by what it is: some are made by another realm, or by a test runner's own class. */
function textOf(where: string, expected: string, given: unknown): string {
  if (typeof given === "string" && given !== "") return given;
  const href = typeof given === "object" && given !== null && "protocol" in given && "href" in given && given.href;
  return typeof href === "string" ? href : refuse(where, expected, show(given));
}

function isAddress(given: string | URL): boolean {
  return typeof given !== "string" || schemes.test(given);
}

async function openAddress(name: string, address: string): Promise<Source> {
  const bytes = await attempt(name, async () => {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  });
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
  }
  return { name, byteLength: bytes.length, pieces: () => decode(name, chunks()), chunks };
}

async function openFile(name: string, path: string): Promise<Source> {
  const { open, stat } = await importNode("fs/promises");
  const found = await attempt(name, () => stat(path));
  if (found.isCharacterDevice() || found.isBlockDevice()) refuse(name, "a file", "a device, which need not end");
  const { size } = found;
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const handle = await attempt(name, () => open(path, "r"));
    try {
      const bytes = new Uint8Array(PIECE_BYTES);
      for (;;) {
        const { bytesRead } = await attempt(name, () => handle.read(bytes, 0, bytes.length));
        if (bytesRead === 0) break;
        yield bytes.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }
  return { name, byteLength: size, pieces: () => decode(name, chunks()), chunks };
}

async function* decode(
  name: string,
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  const Decoder = await textDecoder();
  const decoder = new Decoder("utf-8", { fatal: true });
  try {
    for (;;) {
      const { done, value } = await attempt(name, () => chunks.next());
      const piece = await attempt(name, async () =>
        done ? decoder.decode() : decoder.decode(value, { stream: true }),
      );
      if (piece !== "") yield piece;
      if (done) return;
      if (sliceIsOver()) await breathe();
    }
  } finally {
    await chunks.return();
  }
}

/** Runs what reads, and answers for it in this library's words. */
async function attempt<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    // What Node's fetch says of a failure is only that it failed.
    if (cause instanceof InvalidInputError) throw cause;
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    throw new InvalidInputError(`${name}: expected a readable file in UTF-8, got ${reasonOf(reason)}`, { cause });
  }
}
