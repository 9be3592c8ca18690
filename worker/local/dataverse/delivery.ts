import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Answer } from "./answers.ts";
import type { Delivery } from "./effects.ts";

/** Written at once of a body that is padded. */
const CHUNK = Buffer.alloc(65_536, " ");

/** Sends as much of the answer as the delivery says. `stopped` ends what is slow. */
export async function deliver(
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
  stopped: AbortSignal,
): Promise<void> {
  switch (delivery.how) {
    case "hang":
      return;
    case "drop":
      request.socket.destroy();
      return;
    case "send":
      sendWhole(delivery.answer, request, response);
      return;
    case "truncate":
      await sendTruncated(delivery.answer, response);
      return;
    case "slow":
      await sendSlowly(delivery.answer, delivery.everyMs, response, stopped);
      return;
    case "pad":
      await sendPadded(delivery.answer, delivery.bytes, response);
  }
}

function sendWhole(answer: Answer, request: IncomingMessage, response: ServerResponse): void {
  const { status, headers, body = "" } = answer;
  const asked = request.headers["accept-encoding"]?.toString() ?? "";
  if (body === "" || !/\bgzip\b/.test(asked)) {
    const length = Buffer.byteLength(body);
    const announced = status === 204 || status === 304 ? {} : { "Content-Length": length };
    response.writeHead(status, { ...headers, ...announced }).end(body);
    return;
  }
  const packed = gzipSync(body);
  const encoding = { "Content-Encoding": "gzip", "Content-Length": packed.length };
  response.writeHead(status, { ...headers, ...encoding }).end(packed);
}

async function sendTruncated(answer: Answer, response: ServerResponse): Promise<void> {
  const body = Buffer.from(answer.body ?? "");
  response.writeHead(answer.status, { ...answer.headers, "Content-Length": body.length + 100 });
  await written(response, body);
  response.destroy();
}

async function sendSlowly(
  answer: Answer,
  everyMs: number,
  response: ServerResponse,
  stopped: AbortSignal,
): Promise<void> {
  const body = Buffer.from(answer.body ?? "");
  response.writeHead(answer.status, { ...answer.headers, "Content-Length": body.length });
  response.flushHeaders();
  for (const byte of body) {
    await sleep(everyMs, undefined, { signal: stopped });
    if (response.destroyed) return;
    await written(response, Buffer.of(byte));
  }
  response.end();
}

async function sendPadded(answer: Answer, bytes: number, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, answer.headers);
  await written(response, Buffer.from(answer.body ?? ""));
  for (let left = bytes; left > 0 && !response.destroyed; left -= CHUNK.length) {
    await written(response, CHUNK.subarray(0, left));
  }
  response.end();
}

/** Settles when the bytes have gone out or the connection is gone. */
async function written(response: ServerResponse, bytes: Buffer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once("close", resolve);
  response.write(bytes, () => resolve());
  await promise;
  response.off("close", resolve);
}
