/**
 * Tests mirror sources: `src/a/b.ts` is tested by `test/a/b.test.ts`, or with all others of its folder by `test/a.test.ts` or
 * `test/a/a.test.ts`.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Made by the build. */
const generated = /(^|\/)binaries(\.ts|\/)/;

/** Whether anything is left of it when it runs: neither types alone nor a list of what others export. */
function runs(path: string): boolean {
  return /^(export )?(default |async )?(function|const|let|class|abstract class)\b/m.test(
    readFileSync(join(root, "src", path), "utf8"),
  );
}

function isMirrored(path: string): boolean {
  const folder = dirname(path);
  const tests = [path.replace(/\.ts$/, ""), ...(folder === "." ? [] : [folder, join(folder, basename(folder))])];
  return tests.some((test) => existsSync(join(root, "test", `${test}.test.ts`)));
}

it("has a test for each source that does something", () => {
  const missing = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts") && !generated.test(path))
    .filter((path) => runs(path) && !isMirrored(path));
  expect(missing).toEqual([]);
});
