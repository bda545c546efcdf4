import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/ground/errors.ts";
import { nameForPeople, reasonOf, writeWhole } from "../../src/ground/files.ts";

const isWindows = process.platform === "win32";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lanegrad-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const text = (path: string) => readFile(path, "utf8");
const partials = async () => (await readdir(folder)).filter((name) => name.endsWith(".partial"));
const modeOf = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8);

describe("a file that is written whole", () => {
  it("holds its pieces, one after the other, and nothing is left beside it", async () => {
    await writeWhole(at("new"), ["a", "", "bä", "c".repeat(100_000)]);
    expect(await text(at("new"))).toBe(`abä${"c".repeat(100_000)}`);
    await writeWhole(at("new"), ["short"]);
    expect(await text(at("new"))).toBe("short");
    expect(await readdir(folder)).toEqual(["new"]);
  });

  it.skipIf(isWindows)("keeps its mode, whatever the umask, and is never readable by others meanwhile", async () => {
    await writeFile(at("private"), "old");
    for (const mode of [0o600, 0o640, 0o664, 0o755, 0o666]) {
      await chmod(at("private"), mode);
      const meanwhile: string[] = [];
      async function* pieces() {
        yield "new";
        for (const name of await partials()) meanwhile.push(await modeOf(at(name)));
      }
      await writeWhole(at("private"), pieces());
      expect(await modeOf(at("private"))).toBe(mode.toString(8));
      expect(meanwhile).toEqual([mode.toString(8)]);
    }
  });

  it.skipIf(isWindows)("is as private as the umask says where it is new", async () => {
    await writeWhole(at("new"), ["x"]);
    await writeFile(at("other"), "x");
    expect(await modeOf(at("new"))).toBe(await modeOf(at("other")));
  });

  it.skipIf(isWindows)("is the target of a symbolic link, which stays one", async () => {
    await mkdir(at("runs"));
    await writeFile(at("runs/1.json"), "old");
    await symlink("runs/1.json", at("latest"));
    await symlink(at("latest"), at("again"));
    await writeWhole(at("again"), ["new"]);
    expect(await text(at("runs/1.json"))).toBe("new");
    expect(await readlink(at("latest"))).toBe("runs/1.json");
    expect((await lstat(at("again"))).isSymbolicLink()).toBe(true);
    expect(await readdir(at("runs"))).toEqual(["1.json"]);
  });

  it.skipIf(isWindows)("is what a link leads to that is not there yet", async () => {
    await symlink("later.json", at("latest"));
    await writeWhole(at("latest"), ["new"]);
    expect(await text(at("later.json"))).toBe("new");
    expect((await lstat(at("latest"))).isSymbolicLink()).toBe(true);
  });

  it.skipIf(isWindows)("is what such a link leads to from the folder that it really lies in", async () => {
    await mkdir(at("real/sub"), { recursive: true });
    await symlink("real/sub", at("linked"));
    await symlink("../later.json", at("real/sub/latest"));
    await writeWhole(at("linked/latest"), ["new"]);
    expect(await text(at("real/later.json"))).toBe("new");
  });

  it("may have a name as long as the host allows", async () => {
    const long = at(`${"ä".repeat(120)}.json`);
    await writeWhole(long, ["one"]);
    await writeWhole(long, ["two"]);
    expect(await text(long)).toBe("two");
    expect(await partials()).toEqual([]);
  });

  it("is one of those that were written to it at the same time, never a mixture", async () => {
    const texts = Array.from({ length: 8 }, (_, i) => String(i).repeat(50_000 + i));
    function* pieces(whole: string) {
      for (let i = 0; i < whole.length; i += 1000) yield whole.slice(i, i + 1000);
    }
    await Promise.all(texts.map((whole) => writeWhole(at("contested"), pieces(whole))));
    expect(texts).toContain(await text(at("contested")));
    expect(await readdir(folder)).toEqual(["contested"]);
  });
});

describe("what cannot be written", () => {
  it.skipIf(isWindows)("is no regular file: it is refused and stays what it is", async () => {
    execFileSync("mkfifo", [at("fifo")]);
    await mkdir(at("folder"));
    await symlink("loop", at("loop"));
    await symlink("/dev/null", at("device"));
    await expect(writeWhole(at("fifo"), ["x"])).rejects.toThrow(
      "expected a file that can be written, got no regular file",
    );
    await expect(writeWhole(at("folder"), ["x"])).rejects.toThrow("expected a file that can be written, got a folder");
    await expect(writeWhole(at("loop"), ["x"])).rejects.toThrow("expected a file that can be written, got ELOOP");
    await expect(writeWhole(at("device"), ["x"])).rejects.toThrow("got no regular file");
    await expect(writeWhole("/dev/full", ["x"])).rejects.toThrow("/dev/full: expected a file that can be written");
    expect((await lstat(at("fifo"))).isFIFO()).toBe(true);
    expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
    expect(await partials()).toEqual([]);
  });

  it("is read-only: even root, who could, leaves it", async () => {
    await writeFile(at("kept"), "old", { mode: 0o444 });
    await expect(writeWhole(at("kept"), ["new"])).rejects.toThrow(InvalidInputError);
    await expect(writeWhole(at("kept"), ["new"])).rejects.toThrow(
      "expected a file that can be written, got a read-only one",
    );
    expect(await text(at("kept"))).toBe("old");
    expect(await partials()).toEqual([]);
    await chmod(at("kept"), 0o644);
  });

  it("leaves the old file, and nothing beside it, where the pieces end in an error", async () => {
    await writeFile(at("model"), "old");
    function* pieces() {
      yield "new";
      throw new RangeError("no more");
    }
    await expect(writeWhole(at("model"), pieces())).rejects.toThrow(RangeError);
    expect(await text(at("model"))).toBe("old");
    expect(await readdir(folder)).toEqual(["model"]);
  });

  it.each(["none/model", "file/model", "x".repeat(300), "a\0b"])(
    "is refused in this library's words: %j",
    async (name) => {
      await writeFile(at("file"), "");
      await expect(writeWhole(at(name), ["x"])).rejects.toThrow(InvalidInputError);
      await expect(writeWhole(at(name), ["x"])).rejects.toThrow(/: expected a file that can be written, got /);
    },
  );
});

describe("what a process left that was ended in the midst of writing", () => {
  const writer = `
    import { writeWhole } from ${JSON.stringify(new URL("../../src/ground/files.ts", import.meta.url).href)};
    async function* pieces() {
      yield "half";
      console.log("half");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      yield "whole";
    }
    await writeWhole(process.argv[1], pieces());`;

  async function startHalf(path: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", writer, path], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout!, "data");
    return child;
  }

  it("is removed by the next one, and the file is the old one until then", async () => {
    await writeFile(at("model"), "old");
    const child = await startHalf(at("model"));
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await text(at("model"))).toBe("old");
    expect(await partials()).toHaveLength(1);
    await writeWhole(at("model"), ["new"]);
    expect(await text(at("model"))).toBe("new");
    expect(await readdir(folder)).toEqual(["model"]);
  }, 30_000);

  it("stays as long as the process lives, and as it is not that of this file", async () => {
    const child = await startHalf(at("model"));
    const live = await partials();
    await writeFile(at("model.json.00000000-1.x.partial"), "another file's");
    await writeWhole(at("model"), ["new"]);
    expect((await partials()).toSorted()).toEqual([...live, "model.json.00000000-1.x.partial"].toSorted());
    child.kill("SIGKILL");
    await once(child, "exit");
  }, 30_000);

  it("is removed after a day, whoever wrote it", async () => {
    const names = [`model.00000000-1.abc.partial`, `model.00000000-2.abc.partial`];
    for (const name of names) await writeFile(at(name), "half");
    const yesterday = new Date(Date.now() - 25 * 3600_000);
    await utimes(at(names[0]!), yesterday, yesterday);
    await writeWhole(at("model"), ["new"]);
    expect(await partials()).toEqual([names[1]]);
  });
});

describe("a path in a message", () => {
  it("is cut and shows no control characters", () => {
    expect(nameForPeople("/models/a.json")).toBe("/models/a.json");
    expect(nameForPeople("a\0b\u202Ec\nd")).toBe("a\u{fffd}b\u{fffd}c\u{fffd}d");
    const long = nameForPeople(`${"x".repeat(100_000)}/model.json`);
    expect(long.length).toBe(200);
    expect(long).toMatch(/^\.\.\.x+\/model\.json$/);
  });

  it("is not repeated with the reason", () => {
    expect(reasonOf(new Error("ENOENT: no such file or directory, open '/x'"))).toBe(
      "ENOENT: no such file or directory",
    );
    expect(reasonOf("other")).toBe("other");
  });
});
