import type pg from "pg";
import { HLF_COLUMNS as COLUMNS } from "../../worker/local/dataverse/environment.ts";

interface Event {
  id: number;
  key: string;
  kind: string;
  desired_until: string | null;
  desired_version: number;
}

/** Events that are behind us, in the way of an outbox that is read to its end. */
export async function prepareFoil(client: pg.ClientBase): Promise<void> {
  await client.query(
    `create table public.replayed_events as
     select e.id from app_public.portal_events as e`,
  );
  await client.query("alter table public.replayed_events add primary key (id)");
}

/**
 * The usual outbox: every event is told, in order, with a GET that finds the row and a PATCH that
 * changes it, and then ticked off. Mentors are spread over the places, so that each one's events
 * stay in order while others are told. Nothing is fenced, leased, compared or recorded.
 */
export async function replay(
  pool: pg.Pool,
  environment: Record<string, string>,
  parallelism: number,
): Promise<void> {
  const { rows } = await pool.query<Event>(
    `select e.id, m.mentor_key as key, e.kind, e.desired_until, e.desired_version
     from app_public.portal_events as e
     join app_public.mentors as m on m.id = e.mentor_id
     where not exists (select from public.replayed_events as r where r.id = e.id)
     order by e.id`,
  );
  const token = await login(environment);
  const keys = [...new Set(rows.map(({ key }) => key))];
  const placeOf = new Map(keys.map((key, index) => [key, index % parallelism]));
  const work = async (place: number) => {
    for (const event of rows.filter(({ key }) => placeOf.get(key) === place)) {
      await tell(environment["DYNAMICS_URL"]!, token, event);
      await pool.query("insert into public.replayed_events (id) values ($1)", [event.id]);
    }
  };
  await Promise.all(Array.from({ length: parallelism }, (_, place) => work(place)));
}

async function tell(url: string, token: string, event: Event): Promise<void> {
  const base = `${url}/api/data/v9.2/${COLUMNS.entitySet}`;
  const headers = { Authorization: `Bearer ${token}`, Accept: "application/json" };
  const found = await call(`${base}(${COLUMNS.key}='${event.key}')?$select=${COLUMNS.id}`, {
    headers,
  });
  const row = (await found.json()) as Record<string, string>;
  await call(`${base}(${row[COLUMNS.id]})`, {
    method: "PATCH",
    headers: { ...headers, "Content-Type": "application/json", "If-Match": "*" },
    body: JSON.stringify({
      [COLUMNS.visible]: event.kind !== "listing.hidden",
      [COLUMNS.visibleUntil]: event.desired_until,
      [COLUMNS.version!]: event.desired_version,
    }),
  });
}

async function login(environment: Record<string, string>): Promise<string> {
  const response = await call(environment["DYNAMICS_TOKEN_ENDPOINT"]!, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: environment["DYNAMICS_CLIENT_ID"]!,
      client_secret: environment["DYNAMICS_CLIENT_SECRET"]!,
      scope: `${environment["DYNAMICS_URL"]}/.default`,
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function call(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.ok) return response;
  throw new Error(`the foil was answered ${response.status}: ${await response.text()}`);
}
