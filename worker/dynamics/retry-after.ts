/** Nothing that the other side says makes us wait longer than a quarter of an hour. */
const MAX_WAIT_SECONDS = 900;

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Seconds to wait by the header Retry-After, which holds seconds or a date. Undefined if it is
 * missing or makes no sense; then the caller's own back-off decides.
 */
export function retryAfterSeconds(header: string | null, now = Date.now()): number | undefined {
  const text = header?.trim() ?? "";
  const seconds = /^\d+$/.test(text) ? Number(text) : secondsUntil(text, now);
  if (seconds === undefined || seconds < 0) return undefined;
  return Math.min(seconds, MAX_WAIT_SECONDS);
}

function secondsUntil(date: string, now: number): number | undefined {
  // Date.parse alone takes nearly anything for a date, "-5" among it.
  if (!HTTP_DATE.test(date)) return undefined;
  const instant = Date.parse(date);
  return Number.isNaN(instant) ? undefined : Math.ceil((instant - now) / 1000);
}
