import type { DynamicsErrorClass } from "./errors.ts";

export interface Refusal {
  status: number;
  /** Dataverse's code as `codeOf` gives it; undefined without one. */
  code: string | undefined;
  /** Whether one row was addressed. A list or a function that is not found is a wrong address. */
  ofRow: boolean;
}

interface Rule {
  /** From and to. */
  status: readonly [number, number];
  /** Any, and none, if it is left out. */
  codes?: readonly string[];
  errorClass: DynamicsErrorClass;
}

const ANY = [0, 999] as const;

/** The first rule that fits decides. Dataverse's sentences are never looked at: they change. */
const RULES: readonly Rule[] = [
  // The limits on requests, execution time and concurrency that protect the service.
  { status: ANY, codes: ["0x80072322", "0x80072321", "0x80072326"], errorClass: "throttled" },
  { status: [429, 429], errorClass: "throttled" },
  // A time-out in SQL, and a deadlock between two who write the same row.
  { status: ANY, codes: ["0x80044151", "0x80044150"], errorClass: "transient" },
  { status: [501, 501], errorClass: "config" },
  { status: [500, 999], errorClass: "transient" },
  { status: [408, 408], errorClass: "transient" },
  // A plug-in that refuses may choose any status; the row is meant, not the login or the address.
  { status: [400, 499], codes: ["0x80040265"], errorClass: "permanent" },
  { status: [401, 401], errorClass: "auth" },
  { status: [403, 403], errorClass: "auth" },
  // Set, property or version that the service does not have.
  { status: [404, 404], codes: ["0x8006088a", "0x80060888"], errorClass: "config" },
  {
    status: [412, 412],
    codes: ["0x80040237", "0x80060892", "0x80040333"],
    errorClass: "permanent",
  },
  { status: [412, 412], errorClass: "conflict" },
  // The table has no optimistic concurrency, or the request no version.
  { status: [400, 400], codes: ["0x80060883", "0x8006088d"], errorClass: "config" },
  // Undeclared property, unknown property or bad address, and a status that does not fit the state.
  {
    status: [400, 400],
    codes: ["0x80048d19", "0x0", "0x80060888", "0x80048408"],
    errorClass: "config",
  },
  { status: [405, 407], errorClass: "config" },
  { status: [413, 415], errorClass: "config" },
  // What is neither success nor refusal does not come from Dataverse.
  { status: [0, 399], errorClass: "transient" },
];

/** What a refusal means. Whatever is not known better concerns the row alone, if there is one. */
export function classify({ status, code, ofRow }: Refusal): DynamicsErrorClass {
  const rule = RULES.find(
    ({ status: [from, to], codes }) =>
      from <= status && status <= to && (codes?.includes(code ?? "") ?? true),
  );
  if (rule !== undefined) return rule.errorClass;
  if (!ofRow) return "config";
  return status === 404 ? "missing" : "permanent";
}

/**
 * The code in one spelling, 0x and lower case; undefined for what is none. Some pages of Microsoft's
 * give codes as signed or unsigned decimals.
 */
export function codeOf(text: string): string | undefined {
  const code = text.trim().toLowerCase();
  if (/^0x[0-9a-f]{1,8}$/.test(code)) return code;
  if (!/^-?\d{1,10}$/.test(code)) return undefined;
  return `0x${(Number(code) >>> 0).toString(16)}`;
}
