/** x = the rows of a call, as panels: the first op of a network whose first layer reads panels. x: [panel, units, 16]. */
import { panelAt, rowsToPanels } from "../panel";
import { Op, Pass } from "../tables";

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  rowsToPanels(panelAt(op.output, begin, op.fanOut), pass.rows, pass.order, op.fanOut, begin, end);
}
