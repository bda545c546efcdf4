import { describe, expect, it } from "vitest";
import { countedRows } from "../../src/data/counted-rows.ts";
import { Dataset } from "../../src/data/dataset.ts";
import { sgd } from "../../src/kinds/optimizers/index.ts";
import { askedOf, Network } from "../../src/network/network.ts";
import type { Learner } from "../../src/training/learner.ts";
import { checkTraining } from "../../src/training/options.ts";
import { Session } from "../../src/training/session.ts";

const layers = [{ units: 1, activation: "sigmoid" }] as const;
const inputs = Array.from({ length: 24 }, (_, i) => [Math.sin(i), Math.cos(i)]);
const data = countedRows("fit", Dataset.from({ inputs, targets: inputs.map((_, i) => i % 2) }));
const options = checkTraining(data, { epochs: 4, batchSize: 8, optimizer: sgd({ learningRate: 0.5 }) });

async function opened(keepsHistory = true) {
  const network = await Network.create({ inputs: 2, layers, loss: "binaryCrossEntropy", engine: "strict" });
  const learner = askedOf("test", network) as Learner;
  return { network, learner, session: new Session(learner, "fit", data, options, keepsHistory) };
}

describe("a session", () => {
  it("gives one epoch after another, and then its history", async () => {
    const { learner, session } = await opened();
    const losses: number[] = [];
    expect(session.stopReason).toBeUndefined();
    for await (const { epoch, loss, steps } of session.epochs()) {
      losses.push(loss);
      expect([epoch, steps]).toEqual([losses.length, 3 * losses.length]);
    }
    expect(losses).toHaveLength(4);
    expect(session.history()).toMatchObject({ epochs: 4, stopReason: "epochs" });
    expect([...session.history().loss]).toEqual(losses);
    expect(learner.phase).toBe("idle");
  });

  it("begins in the turn in which it is first asked, and says what it is doing", async () => {
    const { learner, session } = await opened();
    const epochs = session.epochs();
    expect(learner.phase).toBe("idle");
    const first = epochs.next();
    expect(learner.phase).toBe("starting");
    await first;
    expect(learner.phase).toBe("training");
    await epochs.return();
    expect(learner.phase).toBe("idle");
  });

  it("stops where it is told to, and an iterator waits between epochs", async () => {
    const { learner, session } = await opened();
    for await (const { epoch } of session.lazyEpochs()) {
      expect(learner.phase).toBe("waiting");
      if (epoch === 2) session.stop();
    }
    expect(session.history()).toMatchObject({ epochs: 2, stopReason: "callback" });
  });

  it("leaves what another may go on from, but not where it keeps nothing any more", async () => {
    const { session } = await opened();
    const epochs = session.epochs();
    expect(session.kept).toBeUndefined();
    await epochs.next();
    expect(session.kept!.state()).toMatchObject({ steps: 3, session: { batchSize: 8, told: 1 } });
    session.leave();
    expect([session.kept, session.hasMoved]).toEqual([undefined, false]);
  });
});
