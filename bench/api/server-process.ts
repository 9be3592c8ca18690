import { startApi } from "../../worker/api/server.ts";
import { createLogger } from "../../worker/logger.ts";

/*
 * The API in a process of its own: in the one of the clients they would take turns.
 *
 * Run as: node server-process.ts DATABASE_URL SECRET, with a channel to the process that has started
 * it, which is told the address.
 */
const [, , databaseUrl, secret] = process.argv;
const key = new TextEncoder().encode(secret);
const unlimited = { burst: 1e9, perSecond: 1e9 };

const api = await startApi(
  {
    databaseUrl: databaseUrl!,
    host: "127.0.0.1",
    port: 0,
    tokens: {
      keys: { kind: "secret", secret: () => key },
      issuer: "bench",
      audience: "bench",
      subjectClaim: "sub",
      serviceSubjects: new Set(),
    },
    corsOrigins: new Set(),
    trustedDocuments: undefined,
    isOpen: false,
    isBehindProxy: false,
  },
  createLogger("warn"),
  { rates: { known: unlimited, unknown: unlimited } },
);
process.once("disconnect", () => void api.stop().then(() => process.exit(0)));
process.send?.({ url: api.url });
