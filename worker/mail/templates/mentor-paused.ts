import type { Locale } from "../locale.ts";
import type { DataOf } from "./data.ts";
import type { Voices } from "./letter.ts";
import { inOneLine } from "./words.ts";

type Data = DataOf<"mentor_paused">;

/** A pause has begun. It never says why a person paused somebody. */
export const mentorPaused: Record<Locale, Voices<"mentor_paused">> = {
  nb: {
    mentor: (data, { date }) => ({
      subject: "Du er satt på pause som likeperson",
      news: [
        byCause(data, {
          self: () => "Du har satt deg selv på pause som likeperson.",
          coordinator: () => "En koordinator har satt deg på pause som likeperson.",
          expired: (type, expiresOn) =>
            `Sertifiseringen din, «${type}», gjaldt til og med ${date(expiresOn)} og er ikke fornyet. ` +
            "Derfor er du satt på pause som likeperson. " +
            "Det skjer alltid når en sertifisering går ut, og det sier ingenting om innsatsen din.",
          invalid: (type) =>
            `Sertifiseringen din${type === "" ? "" : `, «${type}»,`} er ikke lenger gyldig. ` +
            "Derfor er du satt på pause som likeperson.",
        }),
        ...byReturn(data, {
          known: (day) => `Etter planen er du tilbake ${date(day)}.`,
          open: "Det er ikke satt noen dato for når du er tilbake.",
        }),
        "Så lenge pausen varer, står du ikke på nettsidene våre. " +
          "Det kan ta litt tid før navnet ditt er borte derfra.",
      ],
      todo: byCause(data, {
        self: () => personTodo(data),
        coordinator: () => personTodo(data),
        expired: () => [
          "Du kan fornye sertifiseringen når det passer for deg. Send en e-post eller en SMS " +
            "til koordinatoren din, eller svar på denne e-posten, så hjelper vi deg.",
          "Når fornyelsen er registrert, slutter denne pausen av seg selv.",
        ],
        invalid: () => [
          "Har du spørsmål? Send en e-post eller en SMS til koordinatoren din, " +
            "eller svar på denne e-posten, så hjelper vi deg.",
        ],
      }),
    }),
    others: (data, { date, mentor, name, shortName }) => ({
      subject: `${shortName} er satt på pause som likeperson`,
      news: [
        byCause(data, {
          self: () => `${mentor} har satt seg selv på pause som likeperson.`,
          coordinator: () => `En koordinator har satt ${mentor} på pause som likeperson.`,
          expired: (type, expiresOn) =>
            `${mentor} er satt på pause som likeperson. Sertifiseringen «${type}» ` +
            `gjaldt til og med ${date(expiresOn)} og er ikke fornyet.`,
          invalid: (type) =>
            `${mentor} er satt på pause som likeperson. ` +
            `Sertifiseringen${type === "" ? "" : ` «${type}»`} er ikke lenger gyldig.`,
        }),
        ...byReturn(data, {
          known: (day) => `Etter planen er ${name} tilbake ${date(day)}.`,
          open: `Det er ikke satt noen dato for når ${name} er tilbake.`,
        }),
        `Så lenge pausen varer, står ${name} ikke på nettsidene våre. ` +
          "Det kan ta litt tid før navnet er borte derfra.",
      ],
      todo: [
        ...byExpiry(data, [
          `Hjelp gjerne ${name} med å fornye sertifiseringen. Send en e-post eller en SMS. ` +
            "Når fornyelsen er registrert, slutter denne pausen av seg selv.",
        ]),
        `Se om ${name} har oppdrag som noen andre bør følge opp så lenge.`,
        "Har du spørsmål? Svar på denne e-posten.",
      ],
    }),
  },
  nn: {
    mentor: (data, { date }) => ({
      subject: "Du er sett på pause som likeperson",
      news: [
        byCause(data, {
          self: () => "Du har sett deg sjølv på pause som likeperson.",
          coordinator: () => "Ein koordinator har sett deg på pause som likeperson.",
          expired: (type, expiresOn) =>
            `Sertifiseringa di, «${type}», gjaldt til og med ${date(expiresOn)} og er ikkje fornya. ` +
            "Derfor er du sett på pause som likeperson. " +
            "Det skjer alltid når ei sertifisering går ut, og det seier ingenting om innsatsen din.",
          invalid: (type) =>
            `Sertifiseringa di${type === "" ? "" : `, «${type}»,`} er ikkje lenger gyldig. ` +
            "Derfor er du sett på pause som likeperson.",
        }),
        ...byReturn(data, {
          known: (day) => `Etter planen er du tilbake ${date(day)}.`,
          open: "Det er ikkje sett nokon dato for når du er tilbake.",
        }),
        "Så lenge pausen varer, står du ikkje på nettsidene våre. " +
          "Det kan ta litt tid før namnet ditt er borte derifrå.",
      ],
      todo: byCause(data, {
        self: () => personTodo(data),
        coordinator: () => personTodo(data),
        expired: () => [
          "Du kan fornye sertifiseringa når det passar for deg. Send ein e-post eller ein SMS " +
            "til koordinatoren din, eller svar på denne e-posten, så hjelper vi deg.",
          "Når fornyinga er registrert, sluttar denne pausen av seg sjølv.",
        ],
        invalid: () => [
          "Har du spørsmål? Send ein e-post eller ein SMS til koordinatoren din, " +
            "eller svar på denne e-posten, så hjelper vi deg.",
        ],
      }),
    }),
    others: (data, { date, mentor, name, shortName }) => ({
      subject: `${shortName} er sett på pause som likeperson`,
      news: [
        byCause(data, {
          self: () => `${mentor} har sett seg sjølv på pause som likeperson.`,
          coordinator: () => `Ein koordinator har sett ${mentor} på pause som likeperson.`,
          expired: (type, expiresOn) =>
            `${mentor} er sett på pause som likeperson. Sertifiseringa «${type}» ` +
            `gjaldt til og med ${date(expiresOn)} og er ikkje fornya.`,
          invalid: (type) =>
            `${mentor} er sett på pause som likeperson. ` +
            `Sertifiseringa${type === "" ? "" : ` «${type}»`} er ikkje lenger gyldig.`,
        }),
        ...byReturn(data, {
          known: (day) => `Etter planen er ${name} tilbake ${date(day)}.`,
          open: `Det er ikkje sett nokon dato for når ${name} er tilbake.`,
        }),
        `Så lenge pausen varer, står ${name} ikkje på nettsidene våre. ` +
          "Det kan ta litt tid før namnet er borte derifrå.",
      ],
      todo: [
        ...byExpiry(data, [
          `Hjelp gjerne ${name} med å fornye sertifiseringa. Send ein e-post eller ein SMS. ` +
            "Når fornyinga er registrert, sluttar denne pausen av seg sjølv.",
        ]),
        `Sjå om ${name} har oppdrag som nokon andre bør følgje opp så lenge.`,
        "Har du spørsmål? Svar på denne e-posten.",
      ],
    }),
  },
  en: {
    mentor: (data, { date }) => ({
      subject: "You are paused as a peer mentor",
      news: [
        byCause(data, {
          self: () => "You have paused your work as a peer mentor.",
          coordinator: () => "A coordinator has paused you as a peer mentor.",
          expired: (type, expiresOn) =>
            `Your certification, “${type}”, was valid up to and including ${date(expiresOn)} and ` +
            "has not been renewed. This is why you are paused as a peer mentor. " +
            "It always happens when a certification expires, and it says nothing about your work.",
          invalid: (type) =>
            `Your certification${type === "" ? "" : `, “${type}”,`} is no longer valid. ` +
            "This is why you are paused as a peer mentor.",
        }),
        ...byReturn(data, {
          known: (day) => `You are expected back on ${date(day)}.`,
          open: "No date has been set for your return.",
        }),
        "While the pause lasts, your name is not on our website. " +
          "It may take a little while until it is gone from there.",
      ],
      todo: byCause(data, {
        self: () => personTodo(data),
        coordinator: () => personTodo(data),
        expired: () => [
          "You can renew your certification when it suits you. Send an e-mail or a text message " +
            "to your coordinator, or reply to this e-mail, and we will help you.",
          "When the renewal has been recorded, this pause ends by itself.",
        ],
        invalid: () => [
          "Do you have questions? Send an e-mail or a text message to your coordinator, " +
            "or reply to this e-mail, and we will help you.",
        ],
      }),
    }),
    others: (data, { date, mentor, name, shortName }) => ({
      subject: `${shortName} is paused as a peer mentor`,
      news: [
        byCause(data, {
          self: () => `${mentor} has decided to pause as a peer mentor.`,
          coordinator: () => `A coordinator has paused ${mentor} as a peer mentor.`,
          expired: (type, expiresOn) =>
            `${mentor} is paused as a peer mentor. The certification “${type}” ` +
            `was valid up to and including ${date(expiresOn)} and has not been renewed.`,
          invalid: (type) =>
            `${mentor} is paused as a peer mentor. ` +
            `The certification${type === "" ? "" : ` “${type}”`} is no longer valid.`,
        }),
        ...byReturn(data, {
          known: (day) => `${name} is expected back on ${date(day)}.`,
          open: `No date has been set for the return of ${name}.`,
        }),
        `While the pause lasts, ${name} is not on our website. ` +
          "It may take a little while until the name is gone from there.",
      ],
      todo: [
        ...byExpiry(data, [
          `Please help ${name} to renew the certification. Send an e-mail or a text message. ` +
            "When the renewal has been recorded, this pause ends by itself.",
        ]),
        `See whether ${name} has assignments that somebody else should look after meanwhile.`,
        "Do you have questions? Reply to this e-mail.",
      ],
    }),
  },
};

/** Only a pause with an end can end earlier or later. */
const PERSON_TODO: Record<Locale, { known: string[]; open: string[] }> = {
  nb: {
    known: [
      "Vil du tilbake tidligere, eller trenger du mer tid? Send en e-post eller en SMS " +
        "til koordinatoren din, eller svar på denne e-posten.",
    ],
    open: [
      "Ta den tiden du trenger. Når du vil tilbake, kan du sende en e-post eller en SMS " +
        "til koordinatoren din, eller svare på denne e-posten.",
    ],
  },
  nn: {
    known: [
      "Vil du tilbake tidlegare, eller treng du meir tid? Send ein e-post eller ein SMS " +
        "til koordinatoren din, eller svar på denne e-posten.",
    ],
    open: [
      "Ta den tida du treng. Når du vil tilbake, kan du sende ein e-post eller ein SMS " +
        "til koordinatoren din, eller svare på denne e-posten.",
    ],
  },
  en: {
    known: [
      "Would you like to come back earlier, or do you need more time? Send an e-mail or " +
        "a text message to your coordinator, or reply to this e-mail.",
    ],
    open: [
      "Take the time you need. When you would like to come back, send an e-mail or " +
        "a text message to your coordinator, or reply to this e-mail.",
    ],
  },
};

interface ByCause<T> {
  self(): T;
  coordinator(): T;
  /** The certification came to its end. */
  expired(type: string, expiresOn: string): T;
  /** The certification was taken back, or little is known of it; the type may be empty. */
  invalid(type: string): T;
}

function byCause<T>(data: Data, words: ByCause<T>): T {
  if (data.pauseCause !== "certification") return words[data.pauseCause]();
  const type = inOneLine(data.certificationType ?? "");
  return isExpired(data) ? words.expired(type, data.expiresOn) : words.invalid(type);
}

/** A certification that was taken back has a last day in the future, which explains nothing. */
function isExpired(data: Data): data is Data & { expiresOn: string } {
  return (
    Boolean(data.certificationType && data.expiresOn) && data.why.code !== "certification_revoked"
  );
}

/** Only a pause by a person has a planned return. */
function byReturn(data: Data, words: { known(day: string): string; open: string }): string[] {
  if (data.pauseCause === "certification") return [];
  return [data.expectedReturnOn ? words.known(data.expectedReturnOn) : words.open];
}

function personTodo({ locale, expectedReturnOn }: Data): string[] {
  return PERSON_TODO[locale][expectedReturnOn ? "known" : "open"];
}

function byExpiry(data: Data, words: string[]): string[] {
  return data.pauseCause === "certification" && isExpired(data) ? words : [];
}
