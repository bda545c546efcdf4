/** What a report starts with, and its tables. */
import { availableParallelism, cpus } from "node:os";

/** The machine and the versions that a figure belongs to; those of another Node than this one, if given. */
export function machine(versions: NodeJS.ProcessVersions = process.versions) {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
    node: versions.node,
    v8: versions.v8,
    date: new Date().toISOString(),
  };
}

export function machineLine({ cpu, cores, platform, node, v8 }: ReturnType<typeof machine>): string {
  return `${cpu}, ${cores} cores, ${platform}; Node ${node}, V8 ${v8}`;
}

/** Three significant digits, never as an exponent. */
export function figure(value: number): string {
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(value)));
  return value.toFixed(decimals);
}

/** A table in Markdown, its columns padded; all but the first `left` are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], left = 1): string {
  const widths = head.map((cell, c) => Math.max(3, cell.length, ...rows.map((row) => row[c]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, c) => (c < left ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join(" | ")} |`;
  const rule = widths.map((width, c) => (c < left ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}
