import { describe, expect, test } from "vitest";
import { LOCALES } from "../../../../worker/mail/locale.ts";
import type { Locale } from "../../../../worker/mail/locale.ts";
import { examples } from "../../../../worker/mail/templates/examples.ts";
import {
  MAIL_KINDS,
  mailData,
  RECIPIENT_ROLES,
  renderMail,
} from "../../../../worker/mail/templates/render.ts";
import type {
  DataOf,
  MailData,
  MailKind,
  RecipientRole,
} from "../../../../worker/mail/templates/render.ts";

const ALL = examples().map((data) => ({
  name: `${data.kind}, ${data.recipientRole}, ${data.locale}`,
  data,
  mail: renderMail(data),
}));

/** The first example of a kind, changed as the test needs it. */
function an<Kind extends MailKind>(kind: Kind, changes: Partial<DataOf<Kind>> = {}): MailData {
  const example = examples().find((data) => data.kind === kind);
  return mailData.parse({ ...example, ...changes });
}

function reminder(changes: Partial<DataOf<"certification_reminder">> = {}) {
  return renderMail(an("certification_reminder", changes));
}

/** The text without its lines. */
function spoken(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

describe("N5: every kind for every role in every language", () => {
  test("has an example", () => {
    const combinations = new Set(ALL.map(({ name }) => name));

    expect(MAIL_KINDS).toHaveLength(5);
    expect(combinations.size).toBe(MAIL_KINDS.length * RECIPIENT_ROLES.length * LOCALES.length);
  });

  test("has a place for every value", () => {
    for (const { name, data, mail } of ALL) {
      expect(mailData.parse(data), name).toEqual(data);
      for (const part of [mail.subject, mail.text, mail.html]) {
        expect(part, name).not.toMatch(
          /undefined|null|NaN|\[object|Invalid|\d{4}-\d{2}-\d{2}|\$\{/,
        );
      }
      expect(mail.text, name).toContain("HLF");
      expect(mail.text, name).toContain(data.recipientName);
    }
  });

  test("has a subject of at most 78 characters and lines of at most 72", () => {
    for (const { name, mail } of ALL) {
      expect(mail.subject.length, name).toBeLessThanOrEqual(78);
      expect(mail.subject, name).not.toContain("…");
      for (const line of mail.text.split("\n")) {
        expect(line.length, `${name}: ${line}`).toBeLessThanOrEqual(72);
      }
      expect(mail.text, name).not.toMatch(/^ | $|\n\n\n|\u00a0/m);
    }
  });

  test("is HTML that can be read aloud, and that loads nothing", () => {
    for (const { name, data, mail } of ALL) {
      const { html, subject } = mail;
      expect(html, name).toMatch(new RegExp(`^<!DOCTYPE html>\n<html lang="${data.locale}">`));
      expect(html.match(/<h1/g), name).toHaveLength(1);
      expect(html.match(/<h2/g), name).toHaveLength(2);
      expect(html, name).toContain(`<title>${subject}</title>`);
      expect(html.match(/<p>/g), name).toHaveLength(html.match(/<\/p>/g)!.length);
      expect(html, name).not.toMatch(
        /<(img|a|script|link|iframe|form|table)\b|https?:|url\(|@import/,
      );
    }
  });

  test("says the same in text and HTML", () => {
    for (const { name, mail } of ALL) {
      const seen = mail.html
        .replace(/^.*<body[^>]*>/s, "")
        .replace(/<h1.*<\/h1>/, "")
        .replaceAll(/<[^>]*>/g, " ");
      expect(spoken(seen).trim(), name).toBe(spoken(mail.text).trim());
    }
  });

  test("is kind, plain and silent about health", () => {
    for (const { name, mail } of ALL) {
      expect(`${mail.subject} ${mail.text}`, name).not.toMatch(NEVER);
    }
  });

  test("is in its language and no other", () => {
    for (const { name, data, mail } of ALL) {
      for (const locale of LOCALES) {
        const isSpoken = ONLY[locale].test(mail.text);
        expect(isSpoken, `${name}, words of ${locale}`).toBe(locale === data.locale);
      }
    }
  });

  test("says what to do, and whom to ask in writing", () => {
    for (const { name, data, mail } of ALL) {
      const [headline, answer] = TODO[data.locale];
      expect(mail.text, name).toMatch(headline);
      expect(spoken(mail.text), name).toMatch(answer);
    }
  });

  test("ends with why it was sent, in one sentence with a date", () => {
    for (const { name, data, mail } of ALL) {
      const last = mail.text.trim().split("\n\n").at(-1)!;
      expect(spoken(last), name).toMatch(
        data.locale === "en"
          ? /^You receive this e-mail because [^.]*, and because .* 20\d\d[^.]*\.$/
          : /^Du får denne e-posten fordi [^.]*, og fordi .* 20\d\d[^.]*\.$/,
      );
    }
  });
});

/** Words that frighten, that ask the hard of hearing to call, that tell of health, or of machines. */
const NEVER =
  /!|\b(ring(e|er)?|telefon\w*|call|phone|hørsel\w*|syk\w*|sjuk\w*|helse\w*|sick\w*|health|hearing|klikk|lenke|click|link|database|synk\w*|sync\w*|status|batch|portal\w*|oops|dessverre)\b/iu;

/** Words that the other languages do not have. */
const ONLY: Record<Locale, RegExp> = {
  nb: /\b(ikke|fortsatt|hva|hvorfor|hvem|hvordan|noen|fra|være|vært|hvis|dager|siden|mer|trenger|gjelder|gjøre|sertifiseringen|fornyet|satt|ble|dere|en)\b/iu,
  nn: /\b(ikkje|framleis|kva|kvifor|kven|korleis|nokon|noko|frå|vere|vore|dersom|dagar|sidan|meir|treng|gjeld|gjere|sertifiseringa|fornya|sett|blei|dykk|ein|att)\b/iu,
  en: /\b(the|you|your|and|has|is)\b/iu,
};

const TODO: Record<Locale, [headline: RegExp, answer: RegExp]> = {
  nb: [/^Hva du kan gjøre$/m, /SMS|[Ss]var på denne e-posten/],
  nn: [/^Kva du kan gjere$/m, /SMS|[Ss]var på denne e-posten/],
  en: [/^What you can do$/m, /text message|[Rr]eply to this e-mail/],
};

describe("a reminder says how things stand", () => {
  test.for([
    [14, "gjelder til og med 5. desember 2026. Det er 14 dager igjen.", "gjelder til og med"],
    [1, "gjelder til og med 5. desember 2026. Det er én dag igjen.", "gjelder til og med"],
    [0, "gjelder til og med i dag, 5. desember 2026. Du må", "går ut i dag,"],
    [-1, "gjaldt til og med 5. desember 2026. Den har nå gått ut.", "gikk ut"],
  ] as const)("%i days before the end", ([daysLeft, sentence, subject]) => {
    const mail = reminder({ daysLeft });

    expect(spoken(mail.text)).toContain(`Sertifiseringen din, «Likepersonkurs», ${sentence}`);
    expect(mail.subject).toBe(`Sertifiseringen din ${subject} 5. desember 2026`);
  });

  test("with the date written out in each language", () => {
    const expiresOn = "2026-03-01";

    expect(reminder({ expiresOn, locale: "nb" }).subject).toContain("1. mars 2026");
    expect(reminder({ expiresOn, locale: "nn" }).subject).toContain("1. mars 2026");
    expect(reminder({ expiresOn, locale: "en" }).subject).toContain("1 March 2026");
  });

  test("in nynorsk and in English", () => {
    expect(spoken(reminder({ locale: "nn", daysLeft: 1 }).text)).toContain(
      "gjeld til og med 5. desember 2026. Det er éin dag att.",
    );
    expect(spoken(reminder({ locale: "en", daysLeft: 1 }).text)).toContain(
      "is valid up to and including 5 December 2026. There is one day left.",
    );
  });

  test("and names those who can help", () => {
    const [none, one, three] = [[], ["Per Hansen"], ["Per Hansen", "Åse Ødegård", "Ida Lie"]].map(
      (coordinatorNames) => spoken(reminder({ coordinatorNames }).text),
    );

    expect(one).toContain("Spør koordinatoren din, Per Hansen, hvordan");
    expect(three).toContain(
      "Spør en av koordinatorene dine, Per Hansen, Åse Ødegård eller Ida Lie, hvordan",
    );
    expect(none).toContain("Svar på denne e-posten, så hjelper vi deg med å fornye");
    expect(none).not.toContain("koordinator");
  });

  test.for([
    { locale: "nb", free: "Du kan være likeperson også uten denne", threat: /pause|nettsidene/ },
    { locale: "nn", free: "Du kan vere likeperson òg utan denne", threat: /pause|nettsidene/ },
    { locale: "en", free: "You can be a peer mentor without this", threat: /pause|website/ },
  ] as const)(
    "without the threat of a pause where nobody has to hold it: $locale",
    ({ locale, free, threat }) => {
      for (const recipientRole of ["mentor", "coordinator"] as const) {
        for (const daysLeft of [14, 0, -3]) {
          const data = { locale, recipientRole, daysLeft };
          expect(reminder({ ...data, isRequired: true }).text).toMatch(threat);
          expect(reminder({ ...data, isRequired: false }).text).not.toMatch(threat);
        }
      }
      expect(spoken(reminder({ locale, isRequired: false }).text)).toContain(free);
    },
  );

  test("without counting days when the threshold is the last day itself", () => {
    const why = {
      code: "threshold_reached",
      thresholdDays: 0,
      expiresOn: "2026-12-05",
      runOn: "2026-12-05",
    } as const;

    expect(spoken(reminder({ why }).text)).toContain(
      "sertifiseringen, gyldig til og med 5. desember 2026, hadde nådd den siste gyldige dagen ved",
    );
  });
});

const ENDED = { expiresOn: "2026-12-05", runOn: "2026-12-13" };

describe("why", () => {
  const why = {
    code: "threshold_reached",
    thresholdDays: 14,
    validFrom: "2024-12-06",
    expiresOn: "2026-12-05",
    runOn: "2026-11-21",
  } as const;

  test("names rule, threshold, period and night", () => {
    expect(spoken(reminder({ why }).text)).toContain(
      "fordi du er likeperson i HLF, og fordi sertifiseringen, gyldig fra 6. desember 2024 til og " +
        "med 5. desember 2026, hadde 14 dager eller mindre igjen ved den nattlige gjennomgangen " +
        "21. november 2026.",
    );
  });

  test.for([
    ["coordinator", "fordi du er koordinator for likepersonen, og"],
    [
      "chapter_administrator",
      "fordi likepersonen ikke har noen aktiv koordinator og du er administrator i laget, og",
    ],
    [
      "organization_administrator",
      "fordi likepersonen verken har noen aktiv koordinator eller noen administrator i " +
        "laget og du er administrator i HLF, og",
    ],
  ] as const)("N2: tells a %s why it is them", ([recipientRole, sentence]) => {
    const mail = renderMail(an("mentor_paused", { recipientRole }));

    expect(spoken(mail.text)).toContain(sentence);
  });

  test("names the grace days only if there are any", () => {
    const [seven, zero, unknown] = [7, 0, null].map((graceDays) => {
      const why = { code: "certification_expired", graceDays, ...ENDED } as const;
      return spoken(renderMail(an("mentor_paused", { why })).text);
    });

    expect(seven).toContain("og fristen på 7 dager etter siste dag var ute");
    expect(zero).not.toContain("frist");
    expect(unknown).not.toContain("frist");
  });
});

describe("a pause", () => {
  test("X3: never says why somebody needed it", () => {
    const example = an("mentor_paused", { pauseCause: "self", recipientRole: "coordinator" });

    const mail = renderMail(mailData.parse({ ...example, reason: "Operasjon i oktober" }));

    expect(JSON.stringify(mail)).not.toContain("Operasjon");
  });

  test("for a certification that was withdrawn does not say that it expired", () => {
    const text = spoken(
      renderMail(
        an("mentor_paused", {
          pauseCause: "certification",
          expiresOn: "2027-12-05",
          why: { code: "certification_revoked", on: "2026-11-20" },
        }),
      ).text,
    );

    expect(text).toContain("«Likepersonkurs», er ikke lenger gyldig.");
    expect(text).not.toMatch(/2027|fornyet|innsatsen din/);
    expect(text).toContain("fordi sertifiseringen ble trukket tilbake 20. november 2026.");
  });

  test.for([
    ["2027-03-01", "Etter planen er du tilbake 1. mars 2027."],
    [null, "Det er ikke satt noen dato for når du er tilbake."],
  ] as const)("by a person says until when: %s", ([expectedReturnOn, sentence]) => {
    const mail = renderMail(an("mentor_paused", { pauseCause: "coordinator", expectedReturnOn }));

    expect(spoken(mail.text)).toContain(sentence);
    expect(spoken(mail.text)).toContain("En koordinator har satt deg på pause");
  });

  test.for([
    ["2027-03-01", /Vil du tilbake tidligere, eller trenger du mer tid\?/],
    [null, /Ta den tiden du trenger\. Når du vil tilbake,/],
  ] as const)("asks about the return as it is known: %s", ([expectedReturnOn, says]) => {
    const mail = renderMail(an("mentor_paused", { pauseCause: "self", expectedReturnOn }));

    expect(spoken(mail.text)).toMatch(says);
  });

  test("for a certification promises no date", () => {
    const mail = renderMail(
      an("mentor_paused", { pauseCause: "certification", expectedReturnOn: "2027-03-01" }),
    );

    expect(mail.text).not.toMatch(/mars 2027|dato/);
  });

  test.for([
    ["recertified", "person", /gyldig igjen\. Du er likevel .* har lagt inn en pause/],
    [
      "person",
      "certification",
      /er avsluttet\. Du er likevel .* sertifiseringen din ikke er gyldig/,
    ],
    ["planned_return", null, /er over\. Du er likevel fortsatt på pause\. Så lenge/],
  ] as const)("S5: that goes on after %s because of %s", ([endCause, stillBecause, says]) => {
    const mail = renderMail(an("mentor_still_paused", { endCause, stillBecause }));

    expect(spoken(mail.text)).toMatch(says);
  });
});

describe("a quiet assignment", () => {
  test("is named by its key, and the mentor is asked to keep the client out of it", () => {
    const text = spoken(renderMail(an("assignment_quiet", { assignmentKey: "A-9" })).text);

    expect(text).toContain("i oppdraget A-9, er fra 7. oktober 2026. Det er 45 dager siden.");
    expect(text).toContain("Skriv ikke hvem det gjelder, eller hva dere snakket om.");
  });

  test.for([
    [
      "nb",
      " Kari Nordmann har fått en påminnelse om det før.",
      "En påminnelse: Har du hatt kontakt i oppdraget ditt?",
    ],
    [
      "nn",
      " Kari Nordmann har fått ei påminning om det før.",
      "Ei påminning: Har du hatt kontakt i oppdraget ditt?",
    ],
    [
      "en",
      " Kari Nordmann has had a reminder about it before.",
      "A reminder: have you been in contact in your assignment?",
    ],
  ] as const)(
    "speaks of an earlier reminder only if one was really sent: %s",
    ([locale, sentence, subject]) => {
      const at = (recipientRole: RecipientRole, isMentorReminded: boolean) =>
        renderMail(an("assignment_quiet", { locale, recipientRole, step: 3, isMentorReminded }));

      expect(spoken(at("coordinator", true).text)).toContain(sentence);
      expect(spoken(at("coordinator", false).text)).not.toContain(sentence);
      expect(at("mentor", true).subject).toBe(subject);
      expect(at("mentor", false).subject).not.toBe(subject);
    },
  );
});

describe("N3: a repeat says so before anything else", () => {
  test.for([
    ["nb", /^Denne e-posten kan være en gjentakelse/],
    ["nn", /^Denne e-posten kan vere ei gjentaking/],
    ["en", /^This e-mail may be a repeat/],
  ] as const)("in %s", ([locale, says]) => {
    const [once, again] = [false, true].map((isRepeat) => reminder({ locale, isRepeat }));

    expect(again!.text).toMatch(says);
    expect(again!.html.replace(/^.*<div[^>]*>\n<p>/s, "")).toMatch(says);
    expect(again!.text).toContain(once!.text);
    expect(again!.subject).toBe(once!.subject);
    expect(once!.text).not.toMatch(/gjentak|repeat/);
  });
});

describe("whatever people are called", () => {
  const EVIL = "<script>alert('1')</script> & \"Kari\"\r\nBcc: evil@example.org\u2028\u202e\u0000x";

  const named: MailData[] = examples().map((data) => {
    const texts = Object.entries(data).filter(([key]) => /Name$|Key$|Type$/.test(key));
    const evil = Object.fromEntries(texts.map(([key]) => [key, EVIL]));
    const coordinatorNames = [EVIL, EVIL];
    return mailData.parse({ ...data, ...evil, coordinatorNames });
  });

  test("nothing of it becomes HTML, a header or a line of its own", () => {
    for (const data of named) {
      const { subject, text, html } = renderMail(data);
      expect(html).not.toMatch(/<script|alert\('|"Kari"/);
      expect(html).toContain(
        "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;Kari&quot;",
      );
      // oxlint-disable-next-line no-control-regex -- nothing of the kind may be left
      expect(subject).not.toMatch(/[\u0000-\u001f\u2028\u202e]/);
      // oxlint-disable-next-line no-control-regex -- nothing of the kind may be left
      expect(text + html).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u2028\u202e]/);
    }
  });

  test.for(["Å".repeat(200), "Kari ".repeat(60), "👩‍👧".repeat(60)])(
    "subject and lines keep their length: %s",
    (name) => {
      for (const example of examples()) {
        const data = { ...example, recipientName: name, mentorName: name, organizationName: name };
        const { subject, text } = renderMail(data);
        expect(subject.length, subject).toBeLessThanOrEqual(78);
        expect(subject.isWellFormed()).toBe(true);
        for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(72);
        expect(text.isWellFormed()).toBe(true);
      }
    },
  );

  test("a long name leaves room for the date", () => {
    const mail = reminder({
      recipientRole: "coordinator",
      mentorName: "Anne-Karoline Mikkelsen-Haugerud",
      expiresOn: "2026-09-17",
    });

    expect(mail.subject).toBe(
      "Sertifiseringen til Anne-Karoline Mikkelsen-H… gjelder til 17. september 2026",
    );
  });
});
