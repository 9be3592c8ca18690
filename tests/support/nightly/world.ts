import fc from "fast-check";
import type { ClientBase } from "pg";
import { addDays, atClock, setClock } from "../builders.ts";
import type { AssignmentFacts, CertificationType, MentorFacts, Period, World } from "./oracle.ts";

/** The day on which every random world begins: year's end and a leap day follow. */
export const WORLD_BEGINS = "2027-12-20";

const thresholdsArbitrary = fc.uniqueArray(fc.constantFrom(0, 3, 7, 14, 21, 30, 45), {
  maxLength: 4,
});

function typeArbitrary(name: string): fc.Arbitrary<CertificationType> {
  return fc.record({
    name: fc.constant(name),
    required: fc.boolean(),
    graceDays: fc.option(fc.constantFrom(0, 2, 14)),
    thresholds: fc.option(thresholdsArbitrary),
  });
}

/** Up to three periods, each ending after the one before; one that begins early replaces it. */
function periodsArbitrary(type: string): fc.Arbitrary<Period[]> {
  const steps = fc.array(
    fc.record({
      gap: fc.integer({ min: -12, max: 25 }),
      length: fc.integer({ min: 25, max: 90 }),
      revoked: fc.nat(9).map((chance) => chance === 0),
    }),
    { maxLength: 3 },
  );
  return fc.tuple(fc.integer({ min: -80, max: -1 }), steps).map(([start, chain]) => {
    const periods: Period[] = [];
    let from = start;
    for (const { gap, length, revoked } of chain) {
      const before = periods.at(-1);
      const first = addDays(WORLD_BEGINS, from);
      if (before && first <= before.until) before.replacedOn = first;
      periods.push({
        type,
        from: first,
        until: addDays(first, length),
        replacedOn: null,
        revoked,
      });
      from += length + 1 + gap;
    }
    return periods;
  });
}

function mentorArbitrary(types: CertificationType[]): fc.Arbitrary<Omit<MentorFacts, "key">> {
  return fc.record({
    consent: fc.boolean(),
    retired: fc.nat(9).map((chance) => chance === 0),
    certifications: fc
      .tuple(...types.map((type) => periodsArbitrary(type.name)))
      .map((periods) => periods.flat()),
    personPause: fc.option(
      fc.record({
        returnOn: fc.option(fc.integer({ min: 1, max: 90 }).map((n) => addDays(WORLD_BEGINS, n))),
      }),
    ),
  });
}

const followUpStepsArbitrary = fc
  .uniqueArray(fc.constantFrom(0, 1, 4, 10, 15, 30), { maxLength: 5 })
  .map((steps) => steps.toSorted((a, b) => a - b));

/** Of one of the mentors, with contacts now and then; those after its last day are left out. */
function assignmentArbitrary(mentors: number): fc.Arbitrary<Omit<AssignmentFacts, "key">> {
  return fc
    .record({
      mentor: fc.integer({ min: 0, max: mentors - 1 }),
      opened: fc.integer({ min: -90, max: 0 }),
      lastKnown: fc.integer({ min: 0, max: 90 }),
      later: fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { maxLength: 3 }),
      closed: fc.option(fc.integer({ min: -10, max: 90 }), { freq: 3 }),
    })
    .map(({ mentor, opened, lastKnown, later, closed }) => {
      const known = Math.min(opened + lastKnown, 0);
      const last = closed === null ? null : Math.max(closed, known);
      const contacts = [known, ...later.toSorted((a, b) => a - b)].filter(
        (day) => last === null || day <= last,
      );
      return {
        mentor: `m-${mentor}`,
        openedOn: addDays(WORLD_BEGINS, opened),
        closedOn: last === null ? null : addDays(WORLD_BEGINS, last),
        contacts: contacts.map((day) => addDays(WORLD_BEGINS, day)),
      };
    });
}

export const worldArbitrary: fc.Arbitrary<World> = fc
  .subarray(["Course", "Ethics", "FirstAid"], { minLength: 1 })
  .chain((names) => fc.tuple(...names.map((name) => typeArbitrary(name))))
  .chain((types) =>
    fc.tuple(fc.constant(types), fc.array(mentorArbitrary(types), { minLength: 1, maxLength: 12 })),
  )
  .chain(([types, mentors]) =>
    fc.record({
      graceDays: fc.constantFrom(0, 5, 14),
      customThresholds: fc.boolean(),
      thresholds: thresholdsArbitrary,
      followUpAfterDays: fc.constantFrom(1, 7, 20, 45),
      followUpSteps: followUpStepsArbitrary,
      types: fc.constant(types),
      mentors: fc.constant(mentors.map((facts, n) => ({ key: `m-${n}`, ...facts }))),
      assignments: fc
        .array(assignmentArbitrary(mentors.length), { minLength: 6, maxLength: 30, size: "max" })
        .map((assignments) => assignments.map((facts, n) => ({ key: `a-${n}`, ...facts }))),
    }),
  );

/** Enters a world into the open transaction as of WORLD_BEGINS, by plain SQL; the triggers do the rest. */
export async function enterWorld(client: ClientBase, world: World): Promise<string> {
  await setClock(client, WORLD_BEGINS);
  const { rows } = await client.query<{ id: string }>(
    `insert into app_public.organizations (slug, name)
     values ('world-' || substr(md5(random()::text), 1, 12), 'World')
     returning id`,
  );
  const organizationId = rows[0]?.id ?? "";
  await client.query(
    `update app_public.organization_settings
     set grace_days = $2, custom_thresholds_enabled = $3, reminder_threshold_days = $4,
         follow_up_after_days = $5, follow_up_steps = $6, brake_minimum = 1000000
     where organization_id = $1`,
    [
      organizationId,
      world.graceDays,
      world.customThresholds,
      world.thresholds,
      world.followUpAfterDays,
      world.followUpSteps,
    ],
  );
  await client.query(
    `insert into app_public.certification_types
       (organization_id, name, is_required, grace_days, reminder_threshold_days)
     select $1, t.name, t.required, t."graceDays", t.thresholds
     from jsonb_to_recordset($2) as t
       (name text, required boolean, "graceDays" integer, thresholds integer[])`,
    [organizationId, JSON.stringify(world.types)],
  );
  await client.query(
    `with chapter as (
       insert into app_public.chapters (organization_id, name) values ($1, 'Chapter')
       returning id
     ),
     person as (
       insert into app_public.people (organization_id, full_name, email)
       select $1, m.key, m.key || '@example.org'
       from jsonb_to_recordset($2) as m (key text)
       returning id, full_name
     )
     insert into app_public.mentors
       (organization_id, chapter_id, person_id, mentor_key, portal_consent)
     select $1, chapter.id, person.id, m.key, m.consent
     from jsonb_to_recordset($2) as m (key text, consent boolean)
     join person on person.full_name = m.key
     cross join chapter`,
    [organizationId, JSON.stringify(world.mentors)],
  );
  await enterCertifications(client, organizationId, world);
  await enterAssignments(client, organizationId, world);
  await client.query(
    `insert into app_public.mentor_pauses
       (mentor_id, cause, reason, started_at, started_by, expected_return_on)
     select m.id, 'coordinator', 'Rest', app_private.clock(), 'test', p."returnOn"
     from jsonb_to_recordset($2) as p (key text, "returnOn" date)
     join app_public.mentors as m on m.mentor_key = p.key and m.organization_id = $1
     where m.status = 'active'`,
    [
      organizationId,
      JSON.stringify(
        world.mentors.flatMap(({ key, personPause, retired }) =>
          personPause && !retired ? [{ key, ...personPause }] : [],
        ),
      ),
    ],
  );
  await client.query(
    `update app_public.certifications as c
     set revoked_at = app_private.clock(), revocation_reason = 'Revoked'
     from jsonb_to_recordset($2) as p (key text, type text, "from" date, revoked boolean)
     join app_public.mentors as m on m.mentor_key = p.key and m.organization_id = $1
     join app_public.certification_types as t on t.name = p.type and t.organization_id = $1
     where c.mentor_id = m.id and c.certification_type_id = t.id and c.valid_from = p."from"
       and p.revoked`,
    [organizationId, JSON.stringify(periodsOf(world))],
  );
  await client.query(
    `update app_public.mentors as m set status = 'retired'
     where m.organization_id = $1 and m.mentor_key = any ($2)`,
    [organizationId, world.mentors.flatMap(({ key, retired }) => (retired ? [key] : []))],
  );
  return organizationId;
}

async function enterAssignments(
  client: ClientBase,
  organizationId: string,
  world: World,
): Promise<void> {
  await client.query(
    `insert into app_public.assignments (
       organization_id, mentor_id, assignment_key, client_reference, opened_on, closed_on,
       last_contact_on
     )
     select $1, m.id, a.key, 'C-1', a."openedOn", a."closedOn", a.contact
     from jsonb_to_recordset($2)
       as a (key text, mentor text, "openedOn" date, "closedOn" date, contact date)
     join app_public.mentors as m on m.mentor_key = a.mentor and m.organization_id = $1`,
    [
      organizationId,
      JSON.stringify(world.assignments.map((facts) => ({ ...facts, contact: facts.contacts[0] }))),
    ],
  );
}

/** Lets the contacts of some days come in, each day's before its night. */
export async function enterContacts(
  client: ClientBase,
  organizationId: string,
  world: World,
  { after, until }: { after: string; until: string },
): Promise<void> {
  const contacts = world.assignments.flatMap(({ key, contacts: [, ...later] }) => {
    const latest = later.findLast((day) => after < day && day <= until);
    return latest === undefined ? [] : [{ key, latest }];
  });
  await atClock(client, until, async () => {
    await client.query(
      `update app_public.assignments as a
       set entered_contact_on = c.latest, last_contact_on = c.latest
       from jsonb_to_recordset($2) as c (key text, latest date)
       where a.assignment_key = c.key and a.organization_id = $1`,
      [organizationId, JSON.stringify(contacts)],
    );
  });
}

function periodsOf(world: World) {
  return world.mentors.flatMap(({ key, certifications }) =>
    certifications.map((period) => ({ key, ...period })),
  );
}

async function enterCertifications(
  client: ClientBase,
  organizationId: string,
  world: World,
): Promise<void> {
  await client.query(
    `insert into app_public.certifications
       (organization_id, mentor_id, certification_type_id, valid_from, expires_on, replaced_on)
     select $1, m.id, t.id, p."from", p.until, p."replacedOn"
     from jsonb_to_recordset($2)
       as p (key text, type text, "from" date, until date, "replacedOn" date)
     join app_public.mentors as m on m.mentor_key = p.key and m.organization_id = $1
     join app_public.certification_types as t on t.name = p.type and t.organization_id = $1`,
    [organizationId, JSON.stringify(periodsOf(world))],
  );
}
