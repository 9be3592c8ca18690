import type { Locale } from "../locale.ts";
import type { DataOf, MailKind, RecipientRole, Why } from "./data.ts";
import { inOneLine, speechless, writtenDate, writtenDays } from "./words.ts";

interface Words {
  date: (date: string) => string;
  days: (count: number) => string;
}

interface Reasons {
  sentence: (role: string, rule: string) => string;
  /** Why to this person. */
  roles: Record<RecipientRole, (organization: string) => string>;
  /** Why at all, and when. */
  rule: (why: Why, words: Words) => string;
}

/** Why this mail, and why to this person, in one sentence. */
export function whySentence({
  locale,
  why,
  recipientRole,
  organizationName,
}: DataOf<MailKind>): string {
  const { sentence, roles, rule } = REASONS[locale];
  const words: Words = {
    date: (date) => writtenDate(locale, date),
    days: (count) => writtenDays(locale, count),
  };
  return sentence(roles[recipientRole](inOneLine(organizationName)), rule(why, words));
}

const REASONS: Record<Locale, Reasons> = {
  nb: {
    sentence: (role, rule) => `Du får denne e-posten fordi ${role}, og fordi ${rule}.`,
    roles: {
      mentor: (organization) => `du er likeperson i ${organization}`,
      coordinator: () => "du er koordinator for likepersonen",
      chapter_administrator: () =>
        "likepersonen ikke har noen aktiv koordinator og du er administrator i laget",
      organization_administrator: (organization) =>
        "likepersonen verken har noen aktiv koordinator eller noen administrator i laget " +
        `og du er administrator i ${organization}`,
    },
    rule: inBokmal,
  },
  nn: {
    sentence: (role, rule) => `Du får denne e-posten fordi ${role}, og fordi ${rule}.`,
    roles: {
      mentor: (organization) => `du er likeperson i ${organization}`,
      coordinator: () => "du er koordinator for likepersonen",
      chapter_administrator: () =>
        "likepersonen ikkje har nokon aktiv koordinator og du er administrator i laget",
      organization_administrator: (organization) =>
        "likepersonen korkje har nokon aktiv koordinator eller nokon administrator i laget " +
        `og du er administrator i ${organization}`,
    },
    rule: inNynorsk,
  },
  en: {
    sentence: (role, rule) => `You receive this e-mail because ${role}, and because ${rule}.`,
    roles: {
      mentor: (organization) => `you are a peer mentor of ${organization}`,
      coordinator: () => "you are a coordinator of the peer mentor",
      chapter_administrator: () =>
        "the peer mentor has no active coordinator and you administer the chapter",
      organization_administrator: (organization) =>
        "the peer mentor has neither an active coordinator nor an administrator of the chapter " +
        `and you administer ${organization}`,
    },
    rule: inEnglish,
  },
};

function inBokmal(why: Why, { date, days }: Words): string {
  switch (why.code) {
    case "threshold_reached":
      return (
        `sertifiseringen, gyldig ${why.validFrom ? `fra ${date(why.validFrom)} ` : ""}` +
        `til og med ${date(why.expiresOn)}, hadde ` +
        (why.thresholdDays > 0
          ? `${days(why.thresholdDays)} eller mindre igjen `
          : "nådd den siste gyldige dagen ") +
        `ved den nattlige gjennomgangen ${date(why.runOn)}`
      );
    case "certification_expired":
      return (
        `sertifiseringen, gyldig ${why.validFrom ? `fra ${date(why.validFrom)} ` : ""}` +
        `til og med ${date(why.expiresOn)}, ikke var fornyet ` +
        (why.graceDays ? `og fristen på ${days(why.graceDays)} etter siste dag var ute ` : "") +
        `ved den nattlige gjennomgangen ${date(why.runOn)}`
      );
    case "certification_revoked":
      return `sertifiseringen ble trukket tilbake ${date(why.on)}`;
    case "pause_started":
      return `pausen begynte ${date(why.on)}`;
    case "pause_ended":
      return `en pause ble avsluttet ${date(why.on)}`;
    case "assignment_silent":
      return (
        `et oppdrag hadde vært uten registrert kontakt i ${days(why.thresholdDays)} eller mer ` +
        `ved den nattlige gjennomgangen ${date(why.runOn)} (trinn ${why.step} i oppfølgingen)`
      );
  }
  throw speechless(why);
}

function inNynorsk(why: Why, { date, days }: Words): string {
  switch (why.code) {
    case "threshold_reached":
      return (
        `sertifiseringa, gyldig ${why.validFrom ? `frå ${date(why.validFrom)} ` : ""}` +
        `til og med ${date(why.expiresOn)}, hadde ` +
        (why.thresholdDays > 0
          ? `${days(why.thresholdDays)} eller mindre att `
          : "nådd den siste gyldige dagen ") +
        `ved den nattlege gjennomgangen ${date(why.runOn)}`
      );
    case "certification_expired":
      return (
        `sertifiseringa, gyldig ${why.validFrom ? `frå ${date(why.validFrom)} ` : ""}` +
        `til og med ${date(why.expiresOn)}, ikkje var fornya ` +
        (why.graceDays ? `og fristen på ${days(why.graceDays)} etter siste dag var ute ` : "") +
        `ved den nattlege gjennomgangen ${date(why.runOn)}`
      );
    case "certification_revoked":
      return `sertifiseringa blei trekt tilbake ${date(why.on)}`;
    case "pause_started":
      return `pausen byrja ${date(why.on)}`;
    case "pause_ended":
      return `ein pause blei avslutta ${date(why.on)}`;
    case "assignment_silent":
      return (
        `eit oppdrag hadde vore utan registrert kontakt i ${days(why.thresholdDays)} eller meir ` +
        `ved den nattlege gjennomgangen ${date(why.runOn)} (trinn ${why.step} i oppfølginga)`
      );
  }
  throw speechless(why);
}

function inEnglish(why: Why, { date, days }: Words): string {
  switch (why.code) {
    case "threshold_reached":
      return (
        `the certification, valid ${why.validFrom ? `from ${date(why.validFrom)} ` : ""}` +
        `up to and including ${date(why.expiresOn)}, had ` +
        (why.thresholdDays > 0
          ? `${days(why.thresholdDays)} or less left `
          : "reached its last day ") +
        `at the nightly review of ${date(why.runOn)}`
      );
    case "certification_expired":
      return (
        `the certification, valid ${why.validFrom ? `from ${date(why.validFrom)} ` : ""}` +
        `up to and including ${date(why.expiresOn)}, had not been renewed ` +
        (why.graceDays ? `and the ${days(why.graceDays)} of grace after it were over ` : "") +
        `at the nightly review of ${date(why.runOn)}`
      );
    case "certification_revoked":
      return `the certification was withdrawn on ${date(why.on)}`;
    case "pause_started":
      return `the pause began on ${date(why.on)}`;
    case "pause_ended":
      return `a pause ended on ${date(why.on)}`;
    case "assignment_silent":
      return (
        `an assignment had been without recorded contact for ${days(why.thresholdDays)} or more ` +
        `at the nightly review of ${date(why.runOn)} (step ${why.step} of the follow-up)`
      );
  }
  throw speechless(why);
}
