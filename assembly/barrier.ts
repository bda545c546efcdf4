/**
 * Where threads meet: a barrier, and the start of a call. Whoever waits looks a while, since the others are mostly almost
 * there, and then sleeps until it is woken.
 */
import { ARRIVED, CALL, GENERATION, Team } from "./tables";

/** In nanoseconds. */
const SECOND: i64 = 1_000_000_000;

/**
 * Returns when all threads of the team have come here. What each wrote before, all may read after. Traps when the others
 * do not come, or have given this one up: then nobody may go on writing.
 */
export function meet(team: Team): void {
  if (team.stop != 0) unreachable();
  const arrived = changetype<usize>(team) + ARRIVED;
  const generation = changetype<usize>(team) + GENERATION;
  const current = atomic.load<u32>(generation);
  if (atomic.add<u32>(arrived, 1) + 1 < team.threads) {
    if (!changes(generation, current, team.spins)) waitForOthers(team, generation, current);
    return;
  }
  atomic.store<u32>(arrived, 0);
  atomic.store<u32>(generation, current + 1);
  atomic.notify(generation, -1);
}

/** Tells the workers that a call is there to be shared. */
export function announce(team: Team): void {
  const call = changetype<usize>(team) + CALL;
  atomic.add<u32>(call, 1);
  atomic.notify(call, -1);
}

/** Returns the number of the next call when there is one after `last`. */
export function nextCall(team: Team, last: u32): u32 {
  const call = changetype<usize>(team) + CALL;
  if (!changes(call, last, team.spins)) {
    // Woken or not, what counts is the word itself.
    while (atomic.load<u32>(call) == last) atomic.wait<i32>(call, last, -1);
  }
  return atomic.load<u32>(call);
}

/** Whether the word changes while one looks. */
function changes(word: usize, value: u32, spins: u32): bool {
  for (let spin: u32 = 0; spin < spins; spin++) {
    if (atomic.load<u32>(word) != value) return true;
  }
  return false;
}

/** Second by second, of which a process that was suspended has lost only one. */
function waitForOthers(team: Team, generation: usize, current: u32): void {
  for (let second: u32 = 0; second < team.patience; second++) {
    atomic.wait<i32>(generation, current, SECOND);
    if (atomic.load<u32>(generation) != current) return;
    if (team.stop != 0) break;
  }
  unreachable();
}
