/**
 * Where threads meet: a barrier, and the start of a call. Whoever waits looks a while, since the others are mostly almost
 * there, and then sleeps until it is woken.
 */
import { ARRIVED, CALL, GENERATION, Team } from "./tables";

/** Returns when all threads of the team have come here. What each wrote before, all may read after. */
export function meet(team: Team): void {
  if (team.threads == 1) return;
  const arrived = changetype<usize>(team) + ARRIVED;
  const generation = changetype<usize>(team) + GENERATION;
  const current = atomic.load<u32>(generation);
  if (atomic.add<u32>(arrived, 1) + 1 < team.threads) {
    waitWhile(generation, current, team.spins);
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
  waitWhile(call, last, team.spins);
  return atomic.load<u32>(call);
}

function waitWhile(word: usize, value: u32, spins: u32): void {
  for (let spin: u32 = 0; spin < spins; spin++) {
    if (atomic.load<u32>(word) != value) return;
  }
  // Woken or not, what counts is the word itself.
  while (atomic.load<u32>(word) == value) atomic.wait<i32>(word, value, -1);
}
