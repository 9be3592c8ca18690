import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { SignJWT } from "jose";
import { DOCUMENT } from "./pages.ts";
import type { Request } from "./pages.ts";

/** The API, and how its clients ask it for a page. */
export interface Api {
  page(request: Request): Promise<string[]>;
}

/** Lends the API in a process of its own, and connections that are kept. */
export async function withApi<Result>(
  databaseUrl: string,
  parallelism: number,
  work: (api: Api) => Promise<Result>,
): Promise<Result> {
  const secret = randomBytes(32).toString("hex");
  const child = fork(join(import.meta.dirname, "server-process.ts"), [databaseUrl, secret]);
  const agent = new Agent({ keepAlive: true, maxSockets: parallelism });
  try {
    const ended = new AbortController();
    child.once("exit", () => ended.abort());
    const [{ url }] = (await once(child, "message", { signal: ended.signal })) as [{ url: string }];
    const tokens = new Map<string, string>();
    const page = async (asked: Request) => {
      const token = tokens.get(asked.subject) ?? (await tokenFor(asked.subject, secret));
      tokens.set(asked.subject, token);
      const variables = { chapterId: asked.chapter.id, after: asked.after };
      const answer = await post(agent, url, token, JSON.stringify({ query: DOCUMENT, variables }));
      return answer.data.roster.nodes.map((node) => node.mentorId);
    };
    return await work({ page });
  } finally {
    agent.destroy();
    if (child.connected) {
      child.disconnect();
      await once(child, "exit");
    }
  }
}

async function tokenFor(subject: string, secret: string): Promise<string> {
  return await new SignJWT()
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer("bench")
    .setAudience("bench")
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime("50m")
    .sign(new TextEncoder().encode(secret));
}

interface Answer {
  data: { roster: { nodes: { mentorId: string }[] } };
}

async function post(agent: Agent, url: string, token: string, body: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(
    `${url}/graphql`,
    {
      agent,
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        authorization: `Bearer ${token}`,
      },
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        if (response.statusCode !== 200 || text.includes('"errors"')) reject(new Error(text));
        else resolve(JSON.parse(text) as Answer);
      });
    },
  );
  sent.on("error", reject);
  sent.end(body);
  return await promise;
}
