/** Installs what the lock file of this folder says, unless it is there. */
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

export default function install(): void {
  const installed = statSync(`${here}node_modules/.package-lock.json`, { throwIfNoEntry: false }); // npm writes it last
  if (installed !== undefined && installed.mtimeMs >= statSync(`${here}package-lock.json`).mtimeMs) return;
  console.log("Installing bundlers (some 240 MB, once) ...");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: here,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
}
