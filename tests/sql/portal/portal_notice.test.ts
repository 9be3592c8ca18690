import { describe, expect } from "vitest";
import {
  type Database,
  aCoordinator,
  aMentor,
  aPerson,
  actAs,
  anOrganization,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { LAST_DAY, closeGate, setGate, setListing } from "../../support/portal.ts";

/** 11:04 in Oslo, the day before the clocks go forward. */
const SINCE = "2026-03-28 10:04 UTC";

type Set = Record<string, unknown>;

const HIDE: Set = {
  desired_visible: false,
  condition: "pending",
  pending_since: SINCE,
  next_attempt_at: SINCE,
};
const SHOW: Set = { ...HIDE, desired_visible: true };
const LOOK: Set = { ...HIDE, condition: "needs_attention", error_message: "Too long." };
const SYNCED: Set = {
  desired_visible: false,
  condition: "synced",
  pending_since: null,
  synced_at: SINCE,
  remote_id: "11111111-1111-4111-8111-111111111111",
};

/** The sentence about a listing, which need not be stored. */
async function notice(
  tx: Database,
  listing: Set,
  locale: string,
  timeZone = "Europe/Oslo",
): Promise<string> {
  const { rows } = await tx.query<{ notice: string }>(
    `select app_private.portal_notice(
       jsonb_populate_record(null::app_public.portal_listings, $1), $2, $3
     ) as notice`,
    [listing, locale, timeZone],
  );
  return rows[0]!.notice;
}

/** What is said, in which gate. */
const SENTENCES: Record<
  string,
  { listing: Set; gate?: string; nb: string; nn: string; en: string }
> = {
  "to be hidden": {
    listing: HIDE,
    nb: "Venter på Dynamics siden 28.03.2026 kl. 11:04: likepersonen kan fortsatt være synlig på nettsiden.",
    nn: "Ventar på Dynamics sidan 28.03.2026 kl. 11:04: likepersonen kan framleis vere synleg på nettsida.",
    en: "Dynamics sync pending since 28 March 2026, 11:04: the mentor may still be visible on the portal.",
  },
  "to be shown": {
    listing: SHOW,
    nb: "Venter på Dynamics siden 28.03.2026 kl. 11:04: likepersonen er kanskje ikke synlig på nettsiden ennå.",
    nn: "Ventar på Dynamics sidan 28.03.2026 kl. 11:04: likepersonen er kanskje ikkje synleg på nettsida enno.",
    en: "Dynamics sync pending since 28 March 2026, 11:04: the mentor may not be visible on the portal yet.",
  },
  "to be hidden, and it failed": {
    listing: { ...HIDE, condition: "retrying", next_attempt_at: "2026-03-28 10:09 UTC" },
    nb: "Venter på Dynamics siden 28.03.2026 kl. 11:04: likepersonen kan fortsatt være synlig på nettsiden. Forrige forsøk mislyktes; neste forsøk er 28.03.2026 kl. 11:09.",
    nn: "Ventar på Dynamics sidan 28.03.2026 kl. 11:04: likepersonen kan framleis vere synleg på nettsida. Førre forsøk lukkast ikkje; neste forsøk er 28.03.2026 kl. 11:09.",
    en: "Dynamics sync pending since 28 March 2026, 11:04: the mentor may still be visible on the portal. The last attempt failed; the next one is at 28 March 2026, 11:09.",
  },
  "while the portal asks to wait": {
    listing: HIDE,
    gate: "throttled",
    nb: "Venter på Dynamics siden 28.03.2026 kl. 11:04: likepersonen kan fortsatt være synlig på nettsiden. Dynamics ber oss vente til 28.03.2026 kl. 12:30.",
    nn: "Ventar på Dynamics sidan 28.03.2026 kl. 11:04: likepersonen kan framleis vere synleg på nettsida. Dynamics ber oss vente til 28.03.2026 kl. 12:30.",
    en: "Dynamics sync pending since 28 March 2026, 11:04: the mentor may still be visible on the portal. Dynamics asks us to wait until 28 March 2026, 12:30.",
  },
  "while the login is refused": {
    listing: { ...HIDE, condition: "retrying" },
    gate: "auth",
    nb: "Venter på Dynamics siden 28.03.2026 kl. 11:04: likepersonen kan fortsatt være synlig på nettsiden. Innloggingen til Dynamics har vært avvist siden 28.03.2026 kl. 10:30.",
    nn: "Ventar på Dynamics sidan 28.03.2026 kl. 11:04: likepersonen kan framleis vere synleg på nettsida. Innlogginga til Dynamics har vore avvist sidan 28.03.2026 kl. 10:30.",
    en: "Dynamics sync pending since 28 March 2026, 11:04: the mentor may still be visible on the portal. The login to Dynamics has been refused since 28 March 2026, 10:30.",
  },
  "while the settings are wrong": {
    listing: HIDE,
    gate: "config",
    nb: "Venter på Dynamics siden 28.03.2026 kl. 11:04: likepersonen kan fortsatt være synlig på nettsiden. Oppsettet mot Dynamics har ikke passet siden 28.03.2026 kl. 10:30.",
    nn: "Ventar på Dynamics sidan 28.03.2026 kl. 11:04: likepersonen kan framleis vere synleg på nettsida. Oppsettet mot Dynamics har ikkje passa sidan 28.03.2026 kl. 10:30.",
    en: "Dynamics sync pending since 28 March 2026, 11:04: the mentor may still be visible on the portal. The settings for Dynamics have not fitted since 28 March 2026, 10:30.",
  },
  "while the portal is out of reach": {
    listing: HIDE,
    gate: "transient",
    nb: "Venter på Dynamics siden 28.03.2026 kl. 11:04: likepersonen kan fortsatt være synlig på nettsiden. Dynamics har ikke svart siden 28.03.2026 kl. 10:30.",
    nn: "Ventar på Dynamics sidan 28.03.2026 kl. 11:04: likepersonen kan framleis vere synleg på nettsida. Dynamics har ikkje svart sidan 28.03.2026 kl. 10:30.",
    en: "Dynamics sync pending since 28 March 2026, 11:04: the mentor may still be visible on the portal. Dynamics has not answered since 28 March 2026, 10:30.",
  },
  "hidden by somebody, found later": {
    listing: {
      ...LOOK,
      desired_visible: true,
      error_class: "held",
      held_since: "2026-03-28 10:09 UTC",
    },
    nb: "Trenger oppfølging: noen skjulte likepersonen i Dynamics (oppdaget 28.03.2026 kl. 11:09). Synkroniser på nytt for å vise igjen.",
    nn: "Treng oppfølging: nokon gøymde likepersonen i Dynamics (oppdaga 28.03.2026 kl. 11:09). Synkroniser på nytt for å vise igjen.",
    en: "Needs attention: somebody hid the mentor in Dynamics (found 28 March 2026, 11:09). Force a sync to show the mentor again.",
  },
  "to be shown, and missing": {
    listing: { ...LOOK, desired_visible: true, error_class: "missing" },
    nb: "Trenger oppfølging: Dynamics har ingen rad for likepersonen, som derfor ikke vises.",
    nn: "Treng oppfølging: Dynamics har inga rad for likepersonen, som difor ikkje blir vist.",
    en: "Needs attention: Dynamics has no row for the mentor, who is therefore not shown.",
  },
  "to be hidden, and refused": {
    listing: { ...LOOK, error_class: "permanent" },
    nb: "Trenger oppfølging siden 28.03.2026 kl. 11:04: likepersonen kan fortsatt være synlig. Dynamics avviser endringen: Too long.",
    nn: "Treng oppfølging sidan 28.03.2026 kl. 11:04: likepersonen kan framleis vere synleg. Dynamics avviser endringa: Too long.",
    en: "Needs attention since 28 March 2026, 11:04: the mentor may still be visible. Dynamics refuses the change: Too long.",
  },
  "to be shown, and refused": {
    listing: { ...LOOK, desired_visible: true, error_class: "permanent" },
    nb: "Trenger oppfølging siden 28.03.2026 kl. 11:04: Dynamics avviser endringen: Too long.",
    nn: "Treng oppfølging sidan 28.03.2026 kl. 11:04: Dynamics avviser endringa: Too long.",
    en: "Needs attention since 28 March 2026, 11:04: Dynamics refuses the change: Too long.",
  },
  "hidden long ago": {
    listing: SYNCED,
    nb: "Skjult i Dynamics, bekreftet 28.03.2026 kl. 11:04.",
    nn: "Gøymd i Dynamics, stadfesta 28.03.2026 kl. 11:04.",
    en: "Hidden in Dynamics, confirmed at 28 March 2026, 11:04.",
  },
  "hidden, and not there": {
    listing: { ...SYNCED, remote_id: null },
    nb: "Finnes ikke i Dynamics og vises derfor ikke.",
    nn: "Finst ikkje i Dynamics og blir difor ikkje vist.",
    en: "Not in Dynamics, and therefore not shown.",
  },
  "to be shown until a day that is over, before a night has come": {
    listing: { ...SYNCED, desired_visible: true, desired_until: "2026-03-29" },
    nb: "Visningen gikk ut 30.03.2026 kl. 00:00. Nettsiden viser ikke likepersonen lenger; natten melder det til Dynamics.",
    nn: "Visinga gjekk ut 30.03.2026 kl. 00:00. Nettsida viser ikkje likepersonen lenger; natta melder det til Dynamics.",
    en: "The listing ended at 30 March 2026, 00:00. The website no longer shows the mentor; the night will tell Dynamics.",
  },
  shown: {
    listing: { ...SYNCED, desired_visible: true },
    gate: "auth",
    nb: "Vises i Dynamics, bekreftet 28.03.2026 kl. 11:04.",
    nn: "Blir vist i Dynamics, stadfesta 28.03.2026 kl. 11:04.",
    en: "Shown in Dynamics, confirmed at 28 March 2026, 11:04.",
  },
};

describe("P4 what the portal is known to show, in a sentence", () => {
  const cases = Object.entries(SENTENCES).flatMap(([what, { listing, gate, ...texts }]) =>
    Object.entries(texts).map(([locale, text]) => ({ what, listing, gate, locale, text })),
  );

  test.for(cases)("$what ($locale)", async ({ listing, gate, locale, text }, { tx }) => {
    if (gate !== undefined) {
      await closeGate(tx, gate, "'2026-03-28 11:30 UTC'");
      await setGate(tx, "closed_since = '2026-03-28 09:30 UTC'");
    }

    expect(await notice(tx, listing, locale)).toBe(text);
  });

  test("there is no other", async ({ tx }) => {
    const { rows } = await tx.query<{ code: string }>(
      `select match[1] as code
       from pg_proc as p
       cross join lateral regexp_matches(p.prosrc, '\\(''(\\w+)'',', 'g') as match
       where p.oid = 'app_private.portal_notice_text(text, text)'::regprocedure`,
    );

    // And one that is said for a quarter of an hour only, below.
    expect(rows).toHaveLength(Object.keys(SENTENCES).length + 1);
  });

  test.for([
    {
      locale: "nb",
      text: /^Skjult i Dynamics .+\. Nettsiden kan vise den gamle oppføringen i inntil 15 minutter\.$/,
    },
    {
      locale: "nn",
      text: /^Gøymd i Dynamics .+\. Nettsida kan vise den gamle oppføringa i inntil 15 minutt\.$/,
    },
    { locale: "en", text: /^Hidden in Dynamics at .+\. The website may lag up to 15 minutes\.$/ },
  ])(
    "P9 the website may lag a quarter of an hour behind ($locale)",
    async ({ locale, text }, { tx }) => {
      const { rows } = await tx.query<{ lately: string; ago: string }>(
        `select now() - interval '14 minutes 59 seconds' as lately, now() - interval '15 minutes' as ago`,
      );
      const { lately, ago } = rows[0]!;

      expect(await notice(tx, { ...SYNCED, synced_at: lately }, locale)).toMatch(text);
      expect(await notice(tx, { ...SYNCED, synced_at: ago }, locale)).not.toMatch(text);
    },
  );
});

describe("P4 times are the organisation's", () => {
  test.for([
    { at: "2026-03-29 00:59 UTC", timeZone: "Europe/Oslo", local: "29.03.2026 kl. 01:59" },
    { at: "2026-03-29 01:00 UTC", timeZone: "Europe/Oslo", local: "29.03.2026 kl. 03:00" },
    { at: "2026-10-25 00:59 UTC", timeZone: "Europe/Oslo", local: "25.10.2026 kl. 02:59" },
    { at: "2026-10-25 01:00 UTC", timeZone: "Europe/Oslo", local: "25.10.2026 kl. 02:00" },
    { at: "2026-03-29 02:30 UTC", timeZone: "America/New_York", local: "28.03.2026 kl. 22:30" },
  ])("$at in $timeZone is $local", async ({ at, timeZone, local }, { tx }) => {
    const text = await notice(tx, { ...SYNCED, synced_at: at }, "nb", timeZone);

    expect(text).toBe(`Skjult i Dynamics, bekreftet ${local}.`);
  });
});

const noticeOf = async (tx: Database, mentorId: string) => {
  const { rows } = await tx.query<{ notice: string }>(
    `select app_public.portal_listings_notice(l) as notice
     from app_public.portal_listings as l where l.mentor_id = $1`,
    [mentorId],
  );
  return rows[0]!.notice;
};

const aHide = async (tx: Database) => {
  const organization = await anOrganization(tx, { locale: "nn", timeZone: "America/New_York" });
  const mentor = await aMentor(tx, organization, { status: "paused", expiresOn: LAST_DAY });
  await setListing(tx, mentor, `pending_since = '${SINCE}'`);
  return { organization, mentor };
};

describe("P4 the notice of a stored listing", () => {
  test("is in the organisation's language and zone", async ({ tx }) => {
    const { mentor } = await aHide(tx);

    expect(await noticeOf(tx, mentor.id)).toMatch(
      /^Ventar på Dynamics sidan 28\.03\.2026 kl\. 06:04/,
    );
  });

  test.for([
    { locale: "en", start: "Dynamics sync pending since 28 March 2026, 06:04" },
    { locale: "nb", start: "Venter på Dynamics siden 28.03.2026 kl. 06:04" },
    { locale: null, start: "Ventar på Dynamics sidan 28.03.2026 kl. 06:04" },
  ])(
    "but in the caller's own language, if there is one: $locale",
    async ({ locale, start }, { tx }) => {
      const { organization, mentor } = await aHide(tx);
      const personId = await aPerson(tx, organization, { locale });
      await actAs(tx, await aCoordinator(tx, mentor, { personId }));

      expect((await noticeOf(tx, mentor.id)).startsWith(start)).toBe(true);
    },
  );
});
