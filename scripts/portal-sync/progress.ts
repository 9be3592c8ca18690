import type { Waiting } from "../../worker/portal/patience.ts";

/** What is going on, on standard error: one line that changes on a terminal, and lines on request. */
export interface Progress {
  begin(count: number): void;
  /** One listing is done with. */
  step(key: string, outcome?: string): void;
  onWait: (waiting: Waiting) => void;
  end(): void;
}

export function openProgress({ verbose }: { verbose: boolean }): Progress {
  const { stderr } = process;
  let total = 0;
  let done = 0;
  const clear = () => stderr.isTTY && stderr.write("\r\u001B[K");
  const show = (text: string) => stderr.isTTY && stderr.write(`\r\u001B[K${text}`);
  const line = (text: string) => {
    clear();
    stderr.write(`${text}\n`);
  };
  return {
    begin: (count) => {
      total = count;
    },
    step: (key, outcome) => {
      done += 1;
      if (verbose) line(outcome === undefined ? key : `${key}: ${outcome}`);
      // A listing that is tried again counts again.
      show(`${Math.min(done, total)} of ${total} listings …`);
    },
    onWait: ({ seconds, reason }) => line(`${reason} Waiting ${seconds} s, then going on …`),
    end: () => void clear(),
  };
}
