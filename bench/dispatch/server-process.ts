import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import type { SMTPServerDataStream } from "smtp-server";

/*
 * A mail server in a process of its own that takes everything, keeps nothing and counts.
 *
 * Run as: node server-process.ts DELAY_MS, with a channel to the process that has started it. Each
 * message of that process, whatever it says, is answered with the counts since the one before.
 */

export interface Counts {
  /** Where it listens. */
  port: number;
  mails: number;
  /** Different Message-IDs. */
  different: number;
  connections: number;
  /** How long this process was not waiting for anything, in milliseconds. */
  busy: number;
}

const delayMs = Number(process.argv[2]);
let mails = 0;
let connections = 0;
let ids = new Set<string>();
let before = performance.eventLoopUtilization();

async function receive(stream: SMTPServerDataStream, done: () => void): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  const [, id] = /^Message-ID: (<.*>)\r$/im.exec(Buffer.concat(chunks).toString("latin1")) ?? [];
  if (delayMs > 0) await sleep(delayMs);
  mails += 1;
  ids.add(id ?? "");
  done();
}

const server = new SMTPServer({
  disabledCommands: ["AUTH", "STARTTLS"],
  disableReverseLookup: true,
  logger: false,
  onConnect: (_session, done) => {
    connections += 1;
    done();
  },
  onData: (stream, _session, done) => {
    void receive(stream, done);
  },
});
// A client that ends its connections is nothing to stumble over.
server.on("error", () => {});

function answer(): void {
  const { port } = server.server.address() as AddressInfo;
  const { active } = performance.eventLoopUtilization(before);
  const counts: Counts = { port, mails, different: ids.size, connections, busy: active };
  process.send!(counts);
  mails = 0;
  connections = 0;
  ids = new Set();
  before = performance.eventLoopUtilization();
}

process.on("message", answer);
// Without the process that it was started for it is of no use to anybody.
process.on("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", answer);
