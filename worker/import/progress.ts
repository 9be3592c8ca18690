const INTERVAL_MS = 2_000;

export interface Progress {
  /** Says what is being done now. */
  phase(name: string): void;
  /** Counts rows; shown with the phase that reads them. */
  rows(count: number): void;
  stop(): void;
}

/** Every two seconds a line about what is going on; an import that takes less says nothing. */
export function reportProgress(write: (line: string) => void): Progress {
  const started = performance.now();
  let current = "starting";
  let read = 0;
  const timer = setInterval(() => {
    const seconds = (performance.now() - started) / 1000;
    const rate =
      read === 0 ? "" : `, ${Math.round(read / seconds).toLocaleString("en")} rows per second`;
    const rows = read === 0 ? "" : ` ${read.toLocaleString("en")} rows`;
    write(`${current}${rows}, ${Math.round(seconds)} s${rate}`);
  }, INTERVAL_MS);
  timer.unref();
  return {
    phase: (name) => {
      current = name;
    },
    rows: (count) => {
      read = count;
    },
    stop: () => {
      clearInterval(timer);
    },
  };
}
