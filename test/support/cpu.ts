/**
 * Milliseconds of processor time that this process has taken. What is asserted of a slice of work goes by these: on a machine
 * with other work a clock says how long everybody had to wait.
 */
export function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
