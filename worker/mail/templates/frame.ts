import { escapeHtml } from "../escape-html.ts";
import type { Locale } from "../locale.ts";
import type { DataOf, MailKind, RenderedMail } from "./data.ts";
import type { Letter } from "./letter.ts";
import { whySentence } from "./why.ts";
import { inOneLine, shortened, speechless, withPlainSpaces } from "./words.ts";

const MAX_SUBJECT_LENGTH = 78;
const TEXT_WIDTH = 72;

const WORDS: Record<
  Locale,
  { greeting: string; todo: string; thanks: string; regards: string; why: string; repeat: string }
> = {
  nb: {
    greeting: "Hei,",
    todo: "Hva du kan gjøre",
    thanks: "Takk for innsatsen du gjør.",
    regards: "Vennlig hilsen",
    why: "Hvorfor du får denne e-posten",
    repeat:
      "Denne e-posten kan være en gjentakelse, fordi vi ikke vet sikkert om du fikk den første. " +
      "Har du lest den første, kan du se bort fra denne.",
  },
  nn: {
    greeting: "Hei,",
    todo: "Kva du kan gjere",
    thanks: "Takk for innsatsen du gjer.",
    regards: "Venleg helsing",
    why: "Kvifor du får denne e-posten",
    repeat:
      "Denne e-posten kan vere ei gjentaking, fordi vi ikkje veit sikkert om du fekk den første. " +
      "Har du lese den første, kan du sjå bort frå denne.",
  },
  en: {
    greeting: "Dear",
    todo: "What you can do",
    thanks: "Thank you for all that you do.",
    regards: "Kind regards",
    why: "Why you receive this e-mail",
    repeat:
      "This e-mail may be a repeat, because we do not know for certain that the first one " +
      "reached you. If you have read that one, you can ignore this one.",
  },
};

/** A piece of a mail, in its order. */
type Block =
  | { is: "paragraph"; text: string }
  | { is: "heading"; text: string }
  /** Lines that stay lines. */
  | { is: "signature"; lines: string[] };

/** Puts a letter between greeting and farewell, as text and as HTML. */
export function frame(data: DataOf<MailKind>, letter: Letter): RenderedMail {
  const subject = shortened(inOneLine(letter.subject), MAX_SUBJECT_LENGTH);
  const repeat = data.isRepeat ? [paragraph(WORDS[data.locale].repeat)] : [];
  const blocks = blocksOf(data, letter);
  return {
    subject,
    text: withPlainSpaces(`${[...repeat, ...blocks].map(toText).join("\n\n")}\n`),
    html: page(data.locale, subject, {
      before: repeat.map(toHtml),
      after: blocks.map(toHtml),
    }),
  };
}

function blocksOf(data: DataOf<MailKind>, letter: Letter): Block[] {
  const words = WORDS[data.locale];
  return [
    paragraph(`${words.greeting} ${inOneLine(data.recipientName)}`),
    ...letter.news.map(paragraph),
    { is: "heading", text: words.todo },
    ...letter.todo.map(paragraph),
    ...(data.recipientRole === "mentor" ? [paragraph(words.thanks)] : []),
    { is: "signature", lines: [words.regards, inOneLine(data.organizationName)] },
    { is: "heading", text: words.why },
    paragraph(whySentence(data)),
  ];
}

function paragraph(text: string): Block {
  return { is: "paragraph", text };
}

function toText(block: Block): string {
  const lines = block.is === "signature" ? block.lines : [block.text];
  return lines.map((line) => wrap(line).join("\n")).join("\n");
}

function toHtml(block: Block): string {
  switch (block.is) {
    case "heading":
      return `<h2 style="font-size: 1.1em; margin: 1.5em 0 0.5em">${escapeHtml(block.text)}</h2>`;
    case "signature":
      return `<p>${block.lines.map(escapeHtml).join("<br>\n")}</p>`;
    case "paragraph":
      return `<p>${escapeHtml(block.text)}</p>`;
  }
  throw speechless(block);
}

/** No images, no addresses, nothing that is loaded: what is read is nobody else's business. */
function page(
  locale: Locale,
  title: string,
  content: { before: string[]; after: string[] },
): string {
  return `<!DOCTYPE html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
</head>
<body style="margin: 0; padding: 1em; background: #ffffff; color: #1a1a1a">
<div style="max-width: 36em; font: 1.125em/1.5 Verdana, Arial, sans-serif">
${[
  ...content.before,
  `<h1 style="font-size: 1.3em; line-height: 1.3">${escapeHtml(title)}</h1>`,
  ...content.after,
].join("\n")}
</div>
</body>
</html>
`;
}

/** Lines of at most 72 characters; a word that is longer is broken. */
function wrap(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ").flatMap(pieces)) {
    const last = lines.at(-1)!;
    const joined = last === "" ? word : `${last} ${word}`;
    if (joined.length <= TEXT_WIDTH) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

function pieces(word: string): string[] {
  if (word.length <= TEXT_WIDTH) return [word];
  const pieces = [""];
  for (const { segment } of new Intl.Segmenter().segment(word)) {
    if (pieces.at(-1)!.length + segment.length > TEXT_WIDTH) pieces.push("");
    pieces[pieces.length - 1] += segment;
  }
  return pieces;
}
