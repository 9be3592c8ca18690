import { SignJWT } from "jose";
import type pg from "pg";
import { createLogger } from "../../worker/logger.ts";
import type { ApiConfig } from "../../worker/api/config.ts";
import { startApi } from "../../worker/api/server.ts";
import type { ApiOptions, RunningApi } from "../../worker/api/server.ts";
import { withClient } from "../../worker/database/pool.ts";
import { VISITOR } from "../../worker/database/grants.ts";
import {
  aCoordinator,
  aMentor,
  anOrganization,
  anOrganizationAdministrator,
  transaction,
} from "./builders.ts";
import type { Mentor, Organization } from "./builders.ts";
import { test as base } from "./database.ts";

/*
 * The API as its clients meet it: over HTTP, with tokens, on a login that may only become the visitor.
 */
export const SECRET = new TextEncoder().encode(
  "a secret of the tests, of thirty-two bytes and more",
);
export const ISSUER = "https://login.example.org/";
export const AUDIENCE = "mentor-lifecycle";

const LOGIN = "mentor_lifecycle_api_tests";

export interface TestApi extends RunningApi {
  /** Lines of the log so far. */
  log: string[];
  /** Asks as a subject; as nobody if it is undefined. */
  ask(query: string, options?: AskOptions): Promise<Answer>;
}

export interface AskOptions {
  as?: string | undefined;
  variables?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** Claims beside the subject. */
  claims?: Record<string, unknown>;
}

export interface Answer {
  status: number;
  headers: Headers;
  data: Record<string, unknown> | null | undefined;
  errors: { message: string; path?: string[]; extensions: Record<string, unknown> }[];
  /** Code of the first error; undefined if there is none. */
  code: unknown;
}

/** A token that is good for five minutes, unless its claims say otherwise. */
export async function aToken(
  subject: string,
  claims: Record<string, unknown> = {},
): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 300;
  return await new SignJWT({ exp, ...claims })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(subject)
    .setIssuedAt()
    .sign(SECRET);
}

export function apiConfig(databaseUrl: string, overrides: Partial<ApiConfig> = {}): ApiConfig {
  return {
    databaseUrl,
    host: "127.0.0.1",
    port: 0,
    tokens: {
      keys: { kind: "secret", secret: () => SECRET },
      issuer: ISSUER,
      audience: AUDIENCE,
      subjectClaim: "sub",
      serviceSubjects: new Set(),
    },
    corsOrigins: new Set(),
    trustedDocuments: undefined,
    isOpen: false,
    isBehindProxy: false,
    ...overrides,
  };
}

/** The address of a database for a login that may become the visitor and nothing else. */
export async function visitorUrl(databaseUrl: string): Promise<string> {
  await withClient(databaseUrl, async (client) => {
    await client.query("select pg_advisory_lock(762313)");
    await client.query(
      `do $$ begin
         if not exists (select from pg_roles where rolname = '${LOGIN}') then
           create role ${LOGIN} login noinherit password '${LOGIN}';
           grant ${VISITOR} to ${LOGIN};
         end if;
       end $$`,
    );
  });
  const url = new URL(databaseUrl);
  url.username = LOGIN;
  url.password = LOGIN;
  return url.href;
}

/** Generous, unless a test is about them. */
const RATES = { known: { burst: 1e6, perSecond: 1e6 }, unknown: { burst: 1e6, perSecond: 1e6 } };

export async function startTestApi(
  databaseUrl: string,
  overrides: Partial<ApiConfig> = {},
  options: ApiOptions = { rates: RATES },
): Promise<TestApi> {
  const log: string[] = [];
  const logger = createLogger("info", { write: (line: string) => void log.push(line) });
  const url = overrides.databaseUrl ?? (await visitorUrl(databaseUrl));
  const api = await startApi(apiConfig(url, { ...overrides, databaseUrl: url }), logger, options);
  return { ...api, log, ask: (query, options) => ask(api.url, query, options) };
}

async function ask(
  url: string,
  query: string,
  { as, variables = {}, headers = {}, claims = {} }: AskOptions = {},
): Promise<Answer> {
  const authorization: Record<string, string> =
    as === undefined ? {} : { authorization: `Bearer ${await aToken(as, claims)}` };
  return await post(url, { query, variables }, { ...authorization, ...headers });
}

export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const { data, errors = [] } = JSON.parse(text) as Pick<Answer, "data"> & Partial<Answer>;
  const { status } = response;
  return { status, headers: response.headers, data, errors, code: errors[0]?.extensions?.["code"] };
}

export interface ApiWorld {
  organization: Organization;
  mentor: Mentor;
  /** Subjects. */
  self: string;
  coordinator: string;
  administrator: string;
  coordinatorId: string;
}

/** An organisation with a mentor, a coordinator of that mentor and an administrator, committed. */
export async function apiWorld(pool: pg.Pool): Promise<ApiWorld> {
  const client = await pool.connect();
  try {
    return await transaction(client, async () => {
      const organization = await anOrganization(client);
      const mentor = await aMentor(client, organization, { expiresOn: "2199-12-31" });
      const coordinatorId = await aCoordinator(client, mentor);
      const administratorId = await anOrganizationAdministrator(client, organization);
      const subjectOf = async (id: string) => {
        const { rows } = await client.query<{ auth_subject: string }>(
          "select auth_subject from app_public.people where id = $1",
          [id],
        );
        return rows[0]!.auth_subject;
      };
      return {
        organization,
        mentor,
        coordinatorId,
        self: await subjectOf(mentor.personId),
        coordinator: await subjectOf(coordinatorId),
        administrator: await subjectOf(administratorId),
      };
    });
  } finally {
    client.release();
  }
}

/** `api`: one for the file, on its database. `world`: an organisation of its own for each test. */
export const test = base
  .extend("api", { scope: "file" }, async ({ databaseUrl }, { onCleanup }) => {
    const api = await startTestApi(databaseUrl);
    onCleanup(() => api.stop());
    return api;
  })
  .extend("world", async ({ pool }) => await apiWorld(pool));

export const PAUSE = `
  mutation Pause($mentorId: UUID!, $reason: String!, $expectedVersion: Int, $requestId: UUID) {
    pauseMentor(
      input: {
        mentorId: $mentorId
        reason: $reason
        expectedVersion: $expectedVersion
        requestId: $requestId
      }
    ) {
      mentor { id status version }
    }
  }`;

export const VERSION = "query Version($id: UUID!) { mentor(id: $id) { id status version } }";
