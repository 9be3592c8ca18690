/** Requests of one kind: how many a second, and how long half and 95 in a hundred took at most. */
export interface Load {
  requests: number;
  perSecond: number;
  p50: number;
  p95: number;
}

export interface LoadOptions {
  /** How many are under way at once. */
  parallelism: number;
  milliseconds: number;
}

/** Does the work again and again, in so many places at once, after a while of warming up. */
export async function load(
  work: (place: number) => Promise<unknown>,
  { parallelism, milliseconds }: LoadOptions,
): Promise<Load> {
  await run(work, parallelism, Math.min(milliseconds / 3, 2_000));
  const start = performance.now();
  const times = await run(work, parallelism, milliseconds);
  const elapsed = performance.now() - start;
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return {
    requests: times.length,
    perSecond: (1000 * times.length) / elapsed,
    p50: quantile(0.5),
    p95: quantile(0.95),
  };
}

async function run(
  work: (place: number) => Promise<unknown>,
  parallelism: number,
  milliseconds: number,
): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  const places = Array.from({ length: parallelism }, async (_, place) => {
    while (performance.now() < end) {
      const start = performance.now();
      await work(place);
      times.push(performance.now() - start);
    }
  });
  await Promise.all(places);
  return times;
}
