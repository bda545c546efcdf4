/**
 * Linear memory: taken, grown, and made to weigh on the host's garbage collector. V8 counts no shared memory, and from
 * Node 26 on none of WebAssembly's at all, so networks that nobody uses any more would pile up for gigabytes before it looks
 * for them. Each memory is given a weight that it does count: a buffer of the same size which nobody touches, so that it
 * takes addresses but no memory.
 */
import { CapacityError } from "../../ground/errors.ts";
import { formatBytes } from "./layout.ts";

/** The host has no room for what would fit into linear memory. */
export class NoRoomError extends CapacityError {}

const PAGE = 65_536;
const MAXIMUM_PAGES = 65_536;
/** 64 MiB: below that not much can be trained. */
const LEAST_MAXIMUM_PAGES = 1024;

const weights = new WeakMap<WebAssembly.Memory, ArrayBuffer>();

/**
 * Room to grow into is reserved, not taken; a host that has not so much address space to spare gives less of it.
 * @throws NoRoomError if it gives none.
 */
export function allocate(byteLength: number, shared: boolean): WebAssembly.Memory {
  const initial = Math.ceil(byteLength / PAGE);
  let failure: unknown;
  for (let maximum = MAXIMUM_PAGES; maximum >= Math.max(initial, LEAST_MAXIMUM_PAGES); maximum >>= 2) {
    try {
      const memory = new WebAssembly.Memory({ initial, maximum, shared });
      weigh(memory);
      return memory;
    } catch (cause) {
      failure = cause;
    }
  }
  throw noRoom(initial, failure, "; a limit of addresses (ulimit -v) may forbid what WebAssembly reserves");
}

/**
 * Whether there was less room than that and now is more, which may have detached the memory's buffer.
 * @throws NoRoomError if the host gives no more; nothing has changed then.
 */
export function grow(memory: WebAssembly.Memory, byteLength: number): boolean {
  const pages = Math.ceil((byteLength - memory.buffer.byteLength) / PAGE);
  if (pages <= 0) return false;
  try {
    memory.grow(pages);
  } catch (cause) {
    throw noRoom(pages, cause);
  }
  weigh(memory);
  return true;
}

/** Resizable buffers have pages of their own; others may be taken from a heap and then are filled with zeros. */
const Resizable = ArrayBuffer as new (byteLength: number, options: { maxByteLength: number }) => ArrayBuffer;

function weigh(memory: WebAssembly.Memory): void {
  const { byteLength } = memory.buffer;
  try {
    weights.set(memory, new Resizable(byteLength, { maxByteLength: byteLength }));
  } catch {
    weights.delete(memory); // no addresses to spare: then the collector looks when it does
  }
}

function noRoom(pages: number, cause: unknown, hint = ""): NoRoomError {
  const message = `memory: expected room for another ${formatBytes(pages * PAGE)}, got none from this host${hint}`;
  return new NoRoomError(message, { cause });
}
