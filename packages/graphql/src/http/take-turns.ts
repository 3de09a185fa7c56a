/**
 * Lets work begin once in each turn of the event loop. Requests that arrive together would otherwise go through every stage
 * together, so that the first of sixteen is sent to the endpoint when the last has been read; with turns it is on its way
 * while the second is read. Who comes alone does not wait.
 *
 * @returns what to wait for before the work begins, in the order of the calls; `undefined` where it may begin at once.
 */
export function takeTurns(): () => Promise<void> | undefined {
  const waiting: (() => void)[] = [];
  let isTaken = false;
  const next = (): void => {
    const begin = waiting.shift();
    isTaken = begin !== undefined;
    if (begin === undefined) return;
    begin();
    leaveTurn();
  };
  // Twice: undici writes to a connection that it uses again in the turn after, and that comes first.
  const leaveTurn = (): void => void setImmediate(() => setImmediate(next));
  return () => {
    if (isTaken) return new Promise((resolve) => waiting.push(resolve));
    isTaken = true;
    leaveTurn();
    return undefined;
  };
}
