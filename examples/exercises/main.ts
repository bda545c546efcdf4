/** Answers all exercises, one behind the other, and makes one page of the answers: exercises.html. */
import { makePage } from "./page.ts";
import { type Sheet, writeWhole } from "./sheet.ts";

const exercises: readonly (() => Promise<{ readonly sheet: Sheet }>)[] = [
  () => import("./exercise-1.ts"),
  () => import("./exercise-2.ts"),
  () => import("./exercise-3.ts"),
  () => import("./exercise-4.ts"),
  () => import("./exercise-5.ts"),
  () => import("./section-6.ts"),
  () => import("./section-7.ts"),
];

const sheets: Sheet[] = [];
for (const answer of exercises) sheets.push((await answer()).sheet);
writeWhole("exercises.html", makePage(sheets));
console.log(`${sheets.length} exercises answered; all of them on one page: exercises.html`);
