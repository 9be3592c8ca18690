/** How long something took, and how much memory this process had at its most while it ran. */
export interface Measurement {
  milliseconds: number;
  /** Resident memory before it began, in MiB. */
  rssBefore: number;
  /** The highest of the samples taken every 20 ms, in MiB. */
  rssPeak: number;
}

export async function measure(work: () => Promise<unknown>): Promise<Measurement> {
  const rssBefore = rss();
  let rssPeak = rssBefore;
  const sampler = setInterval(() => {
    rssPeak = Math.max(rssPeak, rss());
  }, 20);
  const start = performance.now();
  try {
    await work();
    const milliseconds = performance.now() - start;
    return { milliseconds, rssBefore, rssPeak: Math.max(rssPeak, rss()) };
  } finally {
    clearInterval(sampler);
  }
}

function rss(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}
