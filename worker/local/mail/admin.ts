import type { IncomingMessage } from "node:http";
import { text as readAll } from "node:stream/consumers";
import { z } from "zod";
import { faultInput } from "./faults.ts";
import type { FaultQueue } from "./faults.ts";

/** What is answered to a request for faults. */
export interface Answer {
  status: number;
  /** Plain text. */
  body: string;
}

const MAX_LENGTH = 10_000;

/** `POST /faults` breaks something, `DELETE /faults` makes all well again, `GET /faults` says how. */
export async function answerFaults(request: IncomingMessage, faults: FaultQueue): Promise<Answer> {
  const host = request.headers.host ?? "";
  if (!/^(127\.0\.0\.1|localhost):\d+$/.test(host)) {
    return { status: 403, body: "Only for this machine.\n" };
  }
  switch (request.method ?? "") {
    case "GET":
      return { status: 200, body: help(`http://${host}/faults`) };
    case "DELETE":
      faults.clear();
      return { status: 204, body: "" };
    case "POST":
      return await inject(request, faults);
    default:
      return { status: 405, body: "GET, POST or DELETE.\n" };
  }
}

/** A page in the same person's browser must not reach in here: it cannot send JSON unasked. */
async function inject(request: IncomingMessage, faults: FaultQueue): Promise<Answer> {
  if (!(request.headers["content-type"] ?? "").startsWith("application/json")) {
    return { status: 415, body: "Send JSON, with -H 'Content-Type: application/json'.\n" };
  }
  if (Number(request.headers["content-length"] ?? 0) > MAX_LENGTH) {
    return { status: 413, body: "That is too long for a fault.\n" };
  }
  const result = faultInput.safeParse(parse(await readAll(request)));
  if (!result.success) return { status: 400, body: `${z.prettifyError(result.error)}\n` };
  faults.inject(result.data);
  return { status: 204, body: "" };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function help(url: string): string {
  const post = `curl -X POST -H 'Content-Type: application/json' ${url} -d`;
  return `Break the mail server, once unless "times" says how often, or "forever":

An outage                     ${post} '{"stage":"mail","effect":"drop","times":"forever"}'
Greylisting                   ${post} '{"stage":"rcpt","effect":"reply","code":451,"message":"4.7.1 Try later"}'
Nobody has this address       ${post} '{"stage":"rcpt","effect":"reply","code":550,"message":"5.1.1 No such user","match":"kari"}'
A mailbox is full             ${post} '{"stage":"rcpt","effect":"reply","code":552,"message":"5.2.2 Full"}'
No answer at all              ${post} '{"stage":"data","effect":"hang"}'
It breaks in the middle       ${post} '{"stage":"data","effect":"drop"}'
Taken, and the answer lost    ${post} '{"stage":"data","effect":"drop_at_end","stored":true}'
Slow                          ${post} '{"stage":"data","effect":"slow","delayMs":5000,"times":100}'

"stage": connect, mail, rcpt, data. "match": only recipients with this text in their address.

Make all well again           curl -X DELETE ${url}
`;
}
