/** How many requests a caller may make. */
export interface Rate {
  /** At once, after a pause. */
  burst: number;
  /** In the long run. */
  perSecond: number;
}

/** Takes one request of a caller; returns 0, or in how many seconds the next one is free. */
export type TakeRequest = (caller: string, rate: Rate) => number;

interface Bucket {
  left: number;
  at: number;
}

/** Callers that are remembered; who has been quiet for long enough is not worth it. */
const REMEMBERED = 10_000;

/**
 * A bucket of requests for each caller, which fills up again by itself. It is this process's own: with
 * several of them a caller may do several times as much.
 */
export function limitRate(now: () => number = Date.now): TakeRequest {
  const buckets = new Map<string, Bucket>();
  return (caller, { burst, perSecond }) => {
    const at = now();
    const before = buckets.get(caller) ?? { left: burst, at };
    const left = Math.min(burst, before.left + ((at - before.at) / 1000) * perSecond);
    const isFree = left >= 1;
    // The latest one goes to the end, so that the first is who has been quiet for longest.
    buckets.delete(caller);
    buckets.set(caller, { left: isFree ? left - 1 : left, at });
    const [quietest] = buckets.size > REMEMBERED ? buckets.keys() : [];
    if (quietest !== undefined) buckets.delete(quietest);
    return isFree ? 0 : Math.ceil((1 - left) / perSecond);
  };
}
