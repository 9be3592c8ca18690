import type { Locale } from "../locale.ts";
import type { Voices } from "./letter.ts";

/** The mentor is active again. */
export const mentorResumed: Record<Locale, Voices<"mentor_resumed">> = {
  nb: {
    mentor: ({ endCause }) => ({
      subject: "Du er tilbake som likeperson",
      news: [
        {
          recertified:
            "Sertifiseringen din er gyldig igjen. Pausen er avsluttet, og du er tilbake som likeperson.",
          planned_return: "Den planlagte pausen din er over, og du er tilbake som likeperson.",
          person: "Pausen din er avsluttet, og du er tilbake som likeperson.",
        }[endCause],
        "Har du sagt ja til å stå på nettsidene våre, kommer navnet ditt fram der igjen. " +
          "Det kan ta litt tid.",
        "Velkommen tilbake.",
      ],
      todo: [
        "Du trenger ikke å gjøre noe.",
        "Trenger du mer tid, eller er noe feil? Send en e-post eller en SMS " +
          "til koordinatoren din, eller svar på denne e-posten.",
      ],
    }),
    others: ({ endCause }, { mentor, name, shortName }) => ({
      subject: `${shortName} er tilbake som likeperson`,
      news: [
        {
          recertified: `Sertifiseringen til ${mentor} er gyldig igjen. Pausen er avsluttet, og ${name} er tilbake som likeperson.`,
          planned_return: `Den planlagte pausen til ${mentor} er over, og ${name} er tilbake som likeperson.`,
          person: `Pausen til ${mentor} er avsluttet, og ${name} er tilbake som likeperson.`,
        }[endCause],
        `Har ${name} sagt ja til å stå på nettsidene våre, kommer navnet fram der igjen. ` +
          "Det kan ta litt tid.",
      ],
      todo: [
        `Send gjerne en e-post eller en SMS til ${name} og ønsk velkommen tilbake.`,
        "Har du spørsmål? Svar på denne e-posten.",
      ],
    }),
  },
  nn: {
    mentor: ({ endCause }) => ({
      subject: "Du er tilbake som likeperson",
      news: [
        {
          recertified:
            "Sertifiseringa di er gyldig igjen. Pausen er avslutta, og du er tilbake som likeperson.",
          planned_return: "Den planlagde pausen din er over, og du er tilbake som likeperson.",
          person: "Pausen din er avslutta, og du er tilbake som likeperson.",
        }[endCause],
        "Har du sagt ja til å stå på nettsidene våre, kjem namnet ditt fram der igjen. " +
          "Det kan ta litt tid.",
        "Velkomen tilbake.",
      ],
      todo: [
        "Du treng ikkje å gjere noko.",
        "Treng du meir tid, eller er noko feil? Send ein e-post eller ein SMS " +
          "til koordinatoren din, eller svar på denne e-posten.",
      ],
    }),
    others: ({ endCause }, { mentor, name, shortName }) => ({
      subject: `${shortName} er tilbake som likeperson`,
      news: [
        {
          recertified: `Sertifiseringa til ${mentor} er gyldig igjen. Pausen er avslutta, og ${name} er tilbake som likeperson.`,
          planned_return: `Den planlagde pausen til ${mentor} er over, og ${name} er tilbake som likeperson.`,
          person: `Pausen til ${mentor} er avslutta, og ${name} er tilbake som likeperson.`,
        }[endCause],
        `Har ${name} sagt ja til å stå på nettsidene våre, kjem namnet fram der igjen. ` +
          "Det kan ta litt tid.",
      ],
      todo: [
        `Send gjerne ein e-post eller ein SMS til ${name} og ønsk velkomen tilbake.`,
        "Har du spørsmål? Svar på denne e-posten.",
      ],
    }),
  },
  en: {
    mentor: ({ endCause }) => ({
      subject: "You are back as a peer mentor",
      news: [
        {
          recertified:
            "Your certification is valid again. The pause has ended, and you are back as a peer mentor.",
          planned_return: "Your planned pause is over, and you are back as a peer mentor.",
          person: "Your pause has ended, and you are back as a peer mentor.",
        }[endCause],
        "If you have agreed to be on our website, your name will appear there again. " +
          "It may take a little while.",
        "Welcome back.",
      ],
      todo: [
        "You do not need to do anything.",
        "Do you need more time, or is something wrong? Send an e-mail or a text message " +
          "to your coordinator, or reply to this e-mail.",
      ],
    }),
    others: ({ endCause }, { mentor, name, shortName }) => ({
      subject: `${shortName} is back as a peer mentor`,
      news: [
        {
          recertified: `The certification of ${mentor} is valid again. The pause has ended, and ${name} is back as a peer mentor.`,
          planned_return: `The planned pause of ${mentor} is over, and ${name} is back as a peer mentor.`,
          person: `The pause of ${mentor} has ended, and ${name} is back as a peer mentor.`,
        }[endCause],
        `If ${name} has agreed to be on our website, the name will appear there again. ` +
          "It may take a little while.",
      ],
      todo: [
        `You may want to send ${name} an e-mail or a text message to say welcome back.`,
        "Do you have questions? Reply to this e-mail.",
      ],
    }),
  },
};
