import { clearInterval, setInterval } from "node:timers";

/** Waits until a timer of one millisecond has ticked so often, and so have those that were set before. */
export function ticks(count = 5): Promise<void> {
  return new Promise((resolve) => {
    let ticked = 0;
    const interval = setInterval(() => {
      if (++ticked < count) return;
      clearInterval(interval);
      resolve();
    }, 1);
  });
}
