/**
 * Files on disk, for hosts that have them. A file is written whole: what is found under its name is the old text or the
 * new one, however the process or the machine ends.
 */
import { InvalidInputError, refuse } from "./errors.ts";
import { importNode } from "./host.ts";
import { breathe, sliceIsOver } from "./scheduler.ts";

/** Room for what is added to a name, where file systems allow 255 bytes. */
const NAME_BYTES = 180;
const LINKS_LIMIT = 40;
/** What a process that may still be alive has not written to for so long is nobody's any more. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** Of a file: text, or bytes. */
export type Piece = string | Uint8Array;

interface Replaced {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Writes a file from pieces: to a temporary name beside it, which takes the old file's place when all of it is on
 * the disk. A symbolic link stays, its target is written. A file keeps its mode, and its owner where the host allows.
 * What earlier processes left unfinished is removed.
 * @throws InvalidInputError if that is not possible, or what `pieces` throws; the old file is still there then.
 */
export async function writeWhole(path: string, pieces: Iterable<Piece> | AsyncIterable<Piece>): Promise<void> {
  const target = await attempt(path, () => followLinks(path));
  const replaced = await attempt(path, () => checkReplaceable(path, target));
  const { dirname, join } = await importNode("path");
  const folder = dirname(target);
  const family = await familyOf(target);
  await removeStale(folder, family).catch(() => {});
  const partial = join(folder, `${family}${await signature()}.${Math.random().toString(36).slice(2)}.partial`);
  const { rename, rm } = await importNode("fs/promises");
  try {
    await writeSynced(path, partial, replaced, pieces);
    await attempt(path, () => rename(partial, target));
  } catch (cause) {
    // Where the path itself cannot be, there is nothing to remove either.
    await rm(partial, { force: true }).catch(() => {});
    throw cause;
  }
  await syncFolder(folder);
}

/** Runs what writes a file, and answers for it in this library's words. */
async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    return refuse(nameForPeople(path), "a file that can be written", reasonOf(cause));
  }
}

/** A path as messages quote it: its end, where it is long, without control characters. */
export function nameForPeople(path: string): string {
  const end = path.length > 200 ? `...${path.slice(-197)}` : path;
  return end.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "\u{fffd}");
}

/** What the host says, without the path that it repeats. */
export function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return nameForPeople(/^E[A-Z\d]+: [^,]*/.exec(message)?.[0] ?? message);
}

/** Where a path leads; the file need not be there yet. */
async function followLinks(path: string): Promise<string> {
  const { readlink, realpath } = await importNode("fs/promises");
  const { basename, dirname, join, resolve } = await importNode("path");
  let at = path;
  for (let links = 0; links < LINKS_LIMIT; links++) {
    const found = await realpath(at).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ENOENT") throw cause;
      return undefined;
    });
    if (found !== undefined) return found;
    const next = await readlink(at).catch(() => undefined);
    if (next === undefined) return join(await realpath(dirname(at)), basename(at));
    at = resolve(await realpath(dirname(at)), next);
  }
  return refuse(nameForPeople(path), "a file that can be written", `a chain of more than ${LINKS_LIMIT} links`);
}

/** What is to be kept of the file that is there, if one is. */
async function checkReplaceable(path: string, target: string): Promise<Replaced | undefined> {
  const { access, constants, stat } = await importNode("fs/promises");
  const found = await stat(target).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
    return undefined;
  });
  if (found === undefined) return undefined;
  const name = nameForPeople(path);
  if (!found.isFile()) refuse(name, "a file that can be written", found.isDirectory() ? "a folder" : "no regular file");
  const { mode, uid, gid } = found;
  // Root may write to any file, but this one was said to be left alone.
  if ((mode & 0o222) === 0) refuse(name, "a file that can be written", "a read-only one");
  await access(target, constants.W_OK);
  return { mode: mode & 0o7777, uid, gid };
}

/** How the names of a file's unfinished versions start. */
async function familyOf(target: string): Promise<string> {
  const { basename } = await importNode("path");
  const { Buffer } = await importNode("buffer");
  const name = basename(target);
  if (Buffer.byteLength(name) <= NAME_BYTES) return `${name}.`;
  const { createHash } = await importNode("crypto");
  return `${createHash("sha256").update(name).digest("hex")}.`;
}

/** Which process, on which machine, writes a file. */
async function signature(pid: number | string = process.pid): Promise<string> {
  const { createHash } = await importNode("crypto");
  const { hostname } = await importNode("os");
  return `${createHash("sha256").update(hostname()).digest("hex").slice(0, 8)}-${pid}`;
}

/** Removes unfinished versions of a file that nobody will finish. */
async function removeStale(folder: string, family: string): Promise<void> {
  const { readdir, rm, stat } = await importNode("fs/promises");
  const { join } = await importNode("path");
  for (const name of await readdir(folder)) {
    const [, machine, pid] = /^([\da-f]{8})-(\d+)\.[\da-z]+\.partial$/.exec(name.slice(family.length)) ?? [];
    if (!name.startsWith(family) || machine === undefined) continue;
    const file = join(folder, name);
    const { mtimeMs } = await stat(file);
    const isHere = (await signature(pid)) === `${machine}-${pid}`;
    if (Date.now() - mtimeMs > STALE_MS || (isHere && !mayBeAlive(Number(pid), mtimeMs))) await rm(file);
  }
}

/** Whether the process with that number may be the one that wrote a file then. */
function mayBeAlive(pid: number, writtenAt: number): boolean {
  // In a container that was started anew, this process may have the number of the one that was ended.
  if (pid === process.pid) return writtenAt >= Date.now() - process.uptime() * 1000 - 1000;
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Writes a new file, piece by piece, and returns when it is on the disk. */
async function writeSynced(
  path: string,
  file: string,
  replaced: Replaced | undefined,
  pieces: Iterable<Piece> | AsyncIterable<Piece>,
): Promise<void> {
  const { open } = await importNode("fs/promises");
  const handle = await attempt(path, () => open(file, "wx", replaced?.mode ?? 0o666));
  try {
    if (replaced) {
      // The owner first: a change of owner may take bits of the mode away.
      await handle.chown(replaced.uid, replaced.gid).catch(() => {});
      await attempt(path, () => handle.chmod(replaced.mode));
    }
    for await (const piece of pieces) {
      await attempt(path, () => handle.writeFile(piece));
      if (sliceIsOver()) await breathe();
    }
    await attempt(path, () => handle.sync());
  } finally {
    await handle.close();
  }
}

/** Puts the new name on the disk as well, where the host can: Windows cannot, and the file is whole in any case. */
async function syncFolder(folder: string): Promise<void> {
  const { open } = await importNode("fs/promises");
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
