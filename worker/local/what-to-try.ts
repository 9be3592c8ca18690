import { DEMONSTRATION, LISTED_BEFORE } from "./demonstration.ts";
import type { LocalMail } from "./mail.ts";
import type { LocalPortal } from "./portal.ts";

/** What runs where, and commands to try in another terminal. */
export function whatToTry(
  databaseUrl: string,
  { url, environmentFile }: LocalPortal,
  { inboxUrl }: LocalMail,
  apiUrl: string,
): string {
  const mentor = "(select id from app_public.mentors where mentor_key = 'M011')";
  return `
  The public website, whom it shows    ${url}/portal  (for programs: /portal.json)
  Dynamics behind it, and its faults   ${url}/simulator
  Every mail that people get           ${inboxUrl}  (nothing leaves this machine)
  The API, and GraphiQL to try it      ${apiUrl}/graphql  and  ${apiUrl}/

The website is older than this system: it shows ${LISTED_BEFORE[0]} to ${LISTED_BEFORE.at(-1)}, and some of them have to go.

Running until Ctrl-C. In another terminal:

  export DATABASE_URL='${databaseUrl}'

Pause a mentor: M011 vanishes from the website within two seconds, and the mails about it are in the
inbox. Then bring M011 back:
  ${sql(`select status from app_public.pause_mentor(${mentor}, 'Trying it out')`)}
  ${sql(`select status from app_public.resume_mentor(${mentor})`)}

The same through the API, as the coordinator Hanne:
  TOKEN=$(npm run --silent token -- --subject demo-hanne)
  ${curl(apiUrl, "{ mentors(first: 3) { nodes { id mentorKey status version portalListing { notice } } } }")}
  In GraphiQL the token goes into the headers: {"Authorization": "Bearer …"}

Break Dynamics, pause again, see what the coordinators see, and heal it:
  curl -X POST -H 'Content-Type: application/json' ${url}/simulator/faults -d '{"on":"any","effect":"server_error","status":503,"times":"forever"}'
  ${sql("select m.mentor_key, app_public.portal_listings_notice(l) from app_public.portal_listings as l join app_public.mentors as m on m.id = l.mentor_id where l.condition <> 'synced'")}
  curl -X DELETE ${url}/simulator/faults

Break the mail server, pause or resume somebody, see what waits, and heal it; the mails come by themselves:
  curl -X POST -H 'Content-Type: application/json' ${inboxUrl}faults -d '{"stage":"mail","effect":"drop","times":"forever"}'
  ${sql("select d.channel, d.state, d.error_class, count(*) from app_public.notification_deliveries as d group by 1, 2, 3 order by 1, 2, 3")}
  curl -X DELETE ${inboxUrl}faults

Read what would be told now to whom, before it is sent; and every text there is:
  npm run mail:preview -- --organization ${DEMONSTRATION}
  npm run mail:preview

Tell the portal by hand, with or without a worker:
  npm run portal:sync -- --dry-run < '${environmentFile}'

The night:
  npm run nightly -- --organization ${DEMONSTRATION} --preview --all      who is left alone, and why
  npm run nightly -- --organization ${DEMONSTRATION}                      again: nothing happens twice
  npm run nightly -- --organization ${DEMONSTRATION} --preview --on ${inDays(30)}   a night to come

An association of your own:
  npm run organization:create -- --slug hlf --name HLF
  npm run import -- --kind people --organization hlf examples/people.csv
  npm run import -- --kind mentors --organization hlf examples/roster.csv

npm start -- --fresh begins anew.
`;
}

function curl(apiUrl: string, query: string): string {
  return `curl -s ${apiUrl}/graphql -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '${JSON.stringify({ query })}'`;
}

function sql(statement: string): string {
  return `npx node scripts/sql.ts "${statement}"`;
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
