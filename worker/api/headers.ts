import type { IncomingMessage, ServerResponse } from "node:http";

const FOR_EVERY_ANSWER = {
  // Personal data stays in no cache.
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "Strict-Transport-Security": "max-age=31536000",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** GraphiQL is a page with scripts of its own, some of them in the page. */
const FOR_GRAPHIQL =
  "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; " +
  "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

export function secure(response: ServerResponse): void {
  for (const [name, value] of Object.entries(FOR_EVERY_ANSWER)) response.setHeader(name, value);
}

export function allowGraphiql(response: ServerResponse): void {
  response.setHeader("Content-Security-Policy", FOR_GRAPHIQL);
}

/** Lets web pages of the given origins ask; of no other origin may a page read the answer. */
export function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  origins: ReadonlySet<string>,
): void {
  if (origins.size === 0) return;
  response.setHeader("Vary", "Origin");
  const { origin } = request.headers;
  if (origin === undefined || !origins.has(origin)) return;
  response.setHeader("Access-Control-Allow-Origin", origin);
  response.setHeader("Access-Control-Allow-Methods", "POST");
  response.setHeader("Access-Control-Allow-Headers", "authorization, content-type, x-organization");
  response.setHeader("Access-Control-Expose-Headers", "retry-after");
  response.setHeader("Access-Control-Max-Age", "600");
}

/** Whether a page may open a connection: one of ours, of the given origins, or no page at all. */
export function isKnownOrigin(request: IncomingMessage, origins: ReadonlySet<string>): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || origins.has(origin)) return true;
  return URL.parse(origin)?.host === host;
}
