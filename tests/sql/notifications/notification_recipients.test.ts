import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aChapter,
  aChapterAdministrator,
  aCoordinator,
  aMentor,
  aPause,
  addDays,
  anOrganization,
  anOrganizationAdministrator,
  atClock,
  insert,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  aSelfPausedMentor,
  claim,
  claimAll,
  mailsAbout,
  notificationsAbout,
  openAlerts,
  passTime,
  record,
  release,
  resolve,
  setDelivery,
  statesAbout,
  watch,
  writeInbox,
} from "../../support/deliveries.ts";

/** `role person`, sorted. */
async function recipients(
  db: Database,
  mentor: { id: string },
  audience: string | null = "coordinators",
): Promise<string[]> {
  const { rows } = await db.query<{ role: string; person_id: string }>(
    "select r.role, r.person_id from app_private.notification_recipients($1, $2) as r",
    [mentor.id, audience],
  );
  return rows.map(({ role, person_id }) => `${role} ${person_id}`).toSorted();
}

const removeCoordinators = (db: Database, mentor: Mentor) =>
  db.query("delete from app_public.coordinator_assignments where mentor_id = $1", [mentor.id]);

const chapterAdministrator = (db: Database, { id, chapterId }: Organization, personId: string) =>
  insert(db, "app_public.chapter_administrators", {
    organization_id: id,
    chapter_id: chapterId,
    person_id: personId,
  });

const organizationAdministrator = (db: Database, { id }: Organization, personId: string) =>
  insert(db, "app_public.organization_administrators", {
    organization_id: id,
    person_id: personId,
  });

/** A mentor with people at every level of the chain. */
async function chain(db: Database) {
  const organization = await anOrganization(db);
  const mentor = await aMentor(db, organization);
  const coordinator = await aCoordinator(db, mentor);
  const chapter = await aChapterAdministrator(db, organization, organization.chapterId);
  const administrator = await anOrganizationAdministrator(db, organization);
  return { organization, mentor, coordinator, chapter, administrator };
}

describe("N2 who is told about a mentor", () => {
  test("the mentor alone, if it is for the mentor", async ({ tx }) => {
    const { mentor } = await chain(tx);

    expect(await recipients(tx, mentor, "mentor")).toEqual([`mentor ${mentor.personId}`]);
  });

  test("the coordinators, all of them, and nobody above them", async ({ tx }) => {
    const { mentor, coordinator } = await chain(tx);
    const another = await aCoordinator(tx, mentor);

    expect(await recipients(tx, mentor)).toEqual(
      [`coordinator ${coordinator}`, `coordinator ${another}`].toSorted(),
    );
  });

  test("without a coordinator the administrators of the mentor's own chapter", async ({ tx }) => {
    const { organization, mentor, chapter } = await chain(tx);
    await removeCoordinators(tx, mentor);
    await aChapterAdministrator(tx, organization, await aChapter(tx, organization));
    const another = await aChapterAdministrator(tx, organization, organization.chapterId);

    expect(await recipients(tx, mentor)).toEqual(
      [`chapter_administrator ${chapter}`, `chapter_administrator ${another}`].toSorted(),
    );
  });

  test("without these the administrators of the organisation, without these nobody", async ({
    tx,
  }) => {
    const { mentor, administrator } = await chain(tx);
    await removeCoordinators(tx, mentor);
    await tx.query("delete from app_public.chapter_administrators");
    expect(await recipients(tx, mentor)).toEqual([`organization_administrator ${administrator}`]);

    await tx.query("delete from app_public.organization_administrators");
    expect(await recipients(tx, mentor)).toEqual([]);
  });

  test("nobody of another organisation", async ({ tx }) => {
    await chain(tx);
    const mentor = await aMentor(tx, await anOrganization(tx));

    expect(await recipients(tx, mentor)).toEqual([]);
  });

  test.for([null, "", "everybody"])("nobody for the audience %s", async (audience, { tx }) => {
    const { mentor } = await chain(tx);

    expect(await recipients(tx, mentor, audience)).toEqual([]);
  });
});

describe("N1 a coordinator's time", () => {
  test.for([
    { what: "begins today", from: TODAY, until: null, isTold: true },
    { what: "begins tomorrow", from: addDays(TODAY, 1), until: null, isTold: false },
    { what: "ends today", from: "2025-01-01", until: addDays(TODAY, 1), isTold: true },
    { what: "ended yesterday", from: "2025-01-01", until: TODAY, isTold: false },
  ])("that $what: told $isTold", async ({ from, until, isTold }, { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const coordinator = await aCoordinator(tx, mentor, { from, until });

    expect(await recipients(tx, mentor)).toEqual(isTold ? [`coordinator ${coordinator}`] : []);
  });

  test("changes at midnight of the organisation, not of the server", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx, { timeZone: "Pacific/Auckland" }));
    const former = await aCoordinator(tx, mentor, { until: TODAY });
    const next = await aCoordinator(tx, mentor, { from: TODAY });
    const at = (instant: string) => atClock(tx, instant, () => recipients(tx, mentor));

    expect(await at("2026-03-14T10:59:59Z")).toEqual([`coordinator ${former}`]);
    expect(await at("2026-03-14T11:00:00Z")).toEqual([`coordinator ${next}`]);
  });
});

describe("N2 a mentor is not told as somebody responsible for themselves", () => {
  const isOwn: Record<string, (db: Database, mentor: Mentor, org: Organization) => unknown> = {
    coordinator: (db, mentor) => aCoordinator(db, mentor, { personId: mentor.personId }),
    chapter_administrator: (db, { personId }, org) => chapterAdministrator(db, org, personId),
    organization_administrator: (db, { personId }, org) =>
      organizationAdministrator(db, org, personId),
  };

  test.for(Object.entries(isOwn))("as %s: nobody", async ([, appoint], { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);

    await appoint(tx, mentor, organization);

    expect(await recipients(tx, mentor)).toEqual([]);
    expect(await recipients(tx, mentor, "mentor")).toEqual([`mentor ${mentor.personId}`]);
  });

  test("as only coordinator: the next level", async ({ tx }) => {
    const { mentor, chapter } = await chain(tx);
    await removeCoordinators(tx, mentor);
    await aCoordinator(tx, mentor, { personId: mentor.personId });

    expect(await recipients(tx, mentor)).toEqual([`chapter_administrator ${chapter}`]);
  });
});

/** A mentor who has paused, whose coordinators and other responsible people are those given. */
async function paused(db: Database, { coordinators = 0 } = {}) {
  const organization = await anOrganization(db);
  const mentor = await aSelfPausedMentor(db, organization);
  const ids: string[] = [];
  for (let count = 0; count < coordinators; count += 1) ids.push(await aCoordinator(db, mentor));
  return { organization, mentor, ids };
}

const told = async (db: Database, mentor: Mentor) =>
  (await mailsAbout(db, mentor))
    .map(({ state, recipient_id }) => `${state} ${recipient_id}`)
    .toSorted();

describe("N1 a coordinator who changes", () => {
  test("before the recipients are found: the new one is told", async ({ tx }) => {
    const { mentor } = await paused(tx, { coordinators: 1 });
    await removeCoordinators(tx, mentor);
    const next = await aCoordinator(tx, mentor);

    await resolve(tx);

    expect(await told(tx, mentor)).toEqual([`queued ${next}`]);
  });

  test("after that and before the mail is handed out: also", async ({ tx }) => {
    const { mentor, ids } = await paused(tx, { coordinators: 1 });
    await resolve(tx);
    await removeCoordinators(tx, mentor);
    const next = await aCoordinator(tx, mentor);

    const claims = await claimAll(tx);

    expect(await told(tx, mentor)).toEqual([`sending ${next}`, `superseded ${ids[0]}`]);
    expect(claims).toHaveLength(1);
    const former = (await mailsAbout(tx, mentor)).find((mail) => mail.recipient_id === ids[0]);
    expect(former!.outcome_detail).toBe("This person is no longer the one to be told.");
  });

  test("and back again: whoever is responsible at last is told, once", async ({ tx }) => {
    const { mentor, ids } = await paused(tx, { coordinators: 1 });
    await resolve(tx);
    await removeCoordinators(tx, mentor);
    const between = await aCoordinator(tx, mentor);
    await release(tx, (await claim(tx))!);
    await removeCoordinators(tx, mentor);
    await aCoordinator(tx, mentor, { personId: ids[0]! });

    const claims = await claimAll(tx);

    expect(claims).toHaveLength(1);
    expect(await told(tx, mentor)).toEqual(
      [`sending ${ids[0]}`, `superseded ${between}`].toSorted(),
    );
  });

  test("as does the inbox, if it was not written yet", async ({ tx }) => {
    const { mentor } = await paused(tx, { coordinators: 1 });
    await resolve(tx);
    await removeCoordinators(tx, mentor);
    const next = await aCoordinator(tx, mentor);

    await writeInbox(tx);
    await writeInbox(tx);

    const { rows } = await tx.query(
      `select recipient_id from app_public.notification_deliveries
       where channel = 'in_app' and state = 'sent'`,
    );
    expect(rows).toEqual([{ recipient_id: next }]);
  });

  test("one of several: the others stay, whoever was told is not told again", async ({ tx }) => {
    const { mentor, ids } = await paused(tx, { coordinators: 2 });
    await resolve(tx);
    const first = (await claim(tx))!;
    await record(tx, first, "sent");
    const { rows } = await tx.query<{ recipient_id: string }>(
      "select recipient_id from app_public.notification_deliveries where id = $1",
      [first.delivery_id],
    );
    const toldOne = rows[0]!.recipient_id;
    const other = ids.find((id) => id !== toldOne)!;
    await tx.query("delete from app_public.coordinator_assignments where coordinator_id = $1", [
      other,
    ]);
    const next = await aCoordinator(tx, mentor);

    await claimAll(tx);

    expect(await told(tx, mentor)).toEqual(
      [`sent ${toldOne}`, `superseded ${other}`, `sending ${next}`].toSorted(),
    );
  });

  test("a mail that may have arrived is not said to be superseded", async ({ tx }) => {
    const { mentor, ids } = await paused(tx, { coordinators: 1 });
    await resolve(tx);
    await record(tx, (await claim(tx))!, "ambiguous");
    await passTime(tx);
    await removeCoordinators(tx, mentor);
    const next = await aCoordinator(tx, mentor);

    await claimAll(tx);

    expect(await told(tx, mentor)).toEqual([`sending ${next}`, `unknown ${ids[0]}`].toSorted());
  });
});

describe("N2 nobody to tell", () => {
  test("is recorded with the mentor, and alerts", async ({ tx }) => {
    const { mentor } = await paused(tx);

    await resolve(tx);

    const [notification] = await notificationsAbout(tx, mentor);
    expect(notification).toMatchObject({ state: "undeliverable" });
    expect(notification!.outcome_detail).toContain(mentor.id);
    expect(await openAlerts(tx)).toEqual([`nobody_to_tell ${mentor.id}`]);
    expect(await mailsAbout(tx, mentor)).toEqual([]);
  });

  test("alerts once for each mentor, however many are not told of", async ({ tx }) => {
    const { mentor } = await paused(tx);
    await aPause(tx, mentor, { cause: "certification", certificationId: mentor.certificationId });

    await resolve(tx);

    expect(await statesAbout(tx, mentor)).toEqual([
      "mentor_paused to coordinators: undeliverable",
      "mentor_paused to coordinators: undeliverable",
      "mentor_paused to mentor: dispatched",
    ]);
    expect(await openAlerts(tx)).toEqual([`nobody_to_tell ${mentor.id}`]);
  });

  test("the alert stays until there is somebody", async ({ tx }) => {
    const { mentor } = await paused(tx);
    await resolve(tx);
    await watch(tx);
    expect(await openAlerts(tx)).toEqual([`nobody_to_tell ${mentor.id}`]);

    await aCoordinator(tx, mentor);
    await watch(tx);

    expect(await openAlerts(tx)).toEqual([]);
  });

  test("is noticed also when the last one goes before the mail does", async ({ tx }) => {
    const { mentor, ids } = await paused(tx, { coordinators: 1 });
    await resolve(tx);
    await removeCoordinators(tx, mentor);

    expect(await claim(tx)).toBeUndefined();
    await resolve(tx);

    expect(await told(tx, mentor)).toEqual([`superseded ${ids[0]}`]);
    expect(await statesAbout(tx, mentor)).toEqual(["mentor_paused to coordinators: undeliverable"]);
    expect(await openAlerts(tx)).toEqual([`nobody_to_tell ${mentor.id}`]);
  });

  test("but not if one of them was told before", async ({ tx }) => {
    const { mentor } = await paused(tx, { coordinators: 2 });
    await resolve(tx);
    await record(tx, (await claim(tx))!, "sent");
    await removeCoordinators(tx, mentor);

    await claimAll(tx);
    await resolve(tx);

    expect(await statesAbout(tx, mentor)).toEqual(["mentor_paused to coordinators: dispatched"]);
    expect(await openAlerts(tx)).toEqual([]);
  });

  test("until somebody comes while a mail of a former one still waits", async ({ tx }) => {
    const { mentor, ids } = await paused(tx, { coordinators: 2 });
    await resolve(tx);
    await removeCoordinators(tx, mentor);
    const [, second] = await mailsAbout(tx, mentor);
    await setDelivery(tx, second!, "next_attempt_at = now() + interval '1 hour'");
    await claimAll(tx);
    await resolve(tx);
    expect(await openAlerts(tx)).toEqual([]);

    const next = await aCoordinator(tx, mentor);
    await passTime(tx);
    await claimAll(tx);

    expect(await told(tx, mentor)).toEqual(
      [...ids.map((id) => `superseded ${id}`), `sending ${next}`].toSorted(),
    );
  });
});

test("N2 a person who is told knows as what, and why", async ({ tx }) => {
  const { mentor } = await paused(tx, { coordinators: 1 });
  await resolve(tx);

  expect(await mailsAbout(tx, mentor)).toMatchObject([
    { recipient_role: "coordinator", recipient_reason: `Coordinator of the mentor on ${TODAY}.` },
  ]);
});
