import type { Prospect } from "../../worker/portal/break-glass-preview.ts";
import type { Ending } from "../../worker/portal/break-glass-sync.ts";
import type { Target } from "../../worker/portal/break-glass.ts";

const ENDINGS: [Ending["outcome"], string][] = [
  ["written", "told"],
  ["unchanged", "was so already"],
  ["absent", "not there, and so not shown"],
  ["elsewhere", "told by somebody else meanwhile"],
  ["held", "held: hidden in the portal by somebody"],
  ["missing", "has no row in the portal"],
  ["failed", "failed"],
  ["waiting", "still to be told"],
];

/** How many listings ended how. */
export function endingsTable(endings: Ending[]): string {
  const rows = ENDINGS.flatMap(([outcome, words]) => {
    const found = endings.filter((ending) => ending.outcome === outcome);
    const hides = found.filter((ending) => !ending.target.visible).length;
    return found.length === 0 ? [] : [[words, String(hides), String(found.length - hides)]];
  });
  return table([["", "to be hidden", "to be shown"], ...rows]);
}

/** What a sync would do, one line a listing. */
export function prospectsTable(prospects: Prospect[]): string {
  const rows = prospects.map(({ target, decision, now }) => [
    target.organization,
    target.mentorKey,
    decision === "write" ? wish(target) : WOULD_BE[decision],
    decision === "unreadable" || decision === "shared_key" ? "not known" : shownNow(now),
  ]);
  return table([["organisation", "mentor", "would be", "in the portal now"], ...rows]);
}

const WOULD_BE: Record<Exclude<Prospect["decision"], "write">, string> = {
  unchanged: "nothing: it is so already",
  absent: "nothing: it is not there",
  held: "held",
  missing: "missing",
  shared_key: "refused",
  unreadable: "not known",
};

/** What is wanted, in a word or three. */
export function wish({ visible, visibleUntil }: Target): string {
  if (!visible) return "hide";
  return visibleUntil === null ? "show" : `show until ${visibleUntil}`;
}

function shownNow(now: Prospect["now"]): string {
  if (now === null) return "no row";
  if (!now.visible) return "hidden";
  return now.visibleUntil === null ? "visible" : `visible until ${now.visibleUntil}`;
}

interface Explained {
  target: Target;
  explanation: string | null;
}

/** Every failure in a sentence, with the mentors that share it. */
export function explanations(explained: Explained[]): string[] {
  const keys = new Map<string, string[]>();
  for (const { target, explanation } of explained) {
    if (explanation === null) continue;
    keys.set(explanation, [...(keys.get(explanation) ?? []), target.mentorKey]);
  }
  return [...keys].map(([explanation, mentors]) => `${mentors.join(", ")}: ${explanation}`);
}

/** How to show mentors again whom somebody hid in the portal. */
export function howToForce(held: Target[]): string[] {
  if (held.length === 0) return [];
  return [
    "To show a held mentor again nevertheless, name the key with --mentor, or in SQL:",
    ...held.map(
      ({ mentorKey, mentorId }) =>
        `  select app_public.force_portal_sync('${mentorId}');  -- ${mentorKey}`,
    ),
  ];
}

function table(rows: string[][]): string {
  const [heading = []] = rows;
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .toSpliced(1, 0, widths.map((width) => "-".repeat(width)).join("  "))
    .join("\n");
}
