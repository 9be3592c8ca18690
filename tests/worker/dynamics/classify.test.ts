import { describe, expect, test } from "vitest";
import { classify, codeOf } from "../../../worker/dynamics/classify.ts";

const ofRow = (status: number, code?: string) => classify({ status, code, ofRow: true });
const ofList = (status: number) => classify({ status, code: undefined, ofRow: false });

describe("P6: what Dataverse documents is told apart", () => {
  test.for([
    [404, "0x80040217", "missing", "no row with this id"],
    [404, "0x80060891", "missing", "no row with this key"],
    [404, "0x8006088a", "config", "no such table"],
    [412, "0x80060882", "conflict", "another version of the row"],
    [412, undefined, "conflict", "If-None-Match on an old server"],
    [412, "0x80040237", "permanent", "duplicate row"],
    [412, "0x80060892", "permanent", "duplicate key"],
    [412, "0x80040333", "permanent", "duplicates found"],
    [400, "0x80060883", "config", "no optimistic concurrency"],
    [400, "0x8006088d", "config", "no version given"],
    [400, "0x80048d19", "config", "undeclared property: a renamed column concerns all rows"],
    [400, "0x0", "config", "unknown property in a query"],
    [400, "0x80060888", "config", "bad address"],
    [400, "0x80044331", "permanent", "text too long"],
    [400, "0x8004431a", "permanent", "choice out of range"],
    [400, "0x80040265", "permanent", "refused by a plug-in: concerns this row alone"],
    [400, "0x80048408", "config", "status does not fit the state"],
    [401, undefined, "auth", "token refused"],
    [403, "0x80040220", "auth", "role removed"],
    [403, "0x80048306", "auth", "privilege missing"],
    [403, "0x80072560", "auth", "not a member"],
    [403, "0x80040225", "auth", "user disabled"],
    [405, undefined, "config", "method not allowed"],
    [413, undefined, "config", "request too large"],
    [501, undefined, "config", "not implemented"],
    [429, "0x80072322", "throttled", "requests"],
    [429, "0x80072321", "throttled", "execution time"],
    [429, "0x80072326", "throttled", "concurrency"],
    [500, undefined, "transient", "server error"],
    [502, undefined, "transient", "bad gateway"],
    [503, undefined, "transient", "unavailable"],
    [504, undefined, "transient", "gateway time-out"],
    [408, undefined, "transient", "request time-out"],
    [500, "0x80044151", "transient", "SQL time-out"],
    [500, "0x80044150", "transient", "deadlock"],
  ] as const)("%i %s is %s: %s", ([status, code, errorClass]) => {
    expect(ofRow(status, code)).toBe(errorClass);
  });
});

describe("what is not documented falls to the side where nothing is lost", () => {
  test.for([
    [400, "permanent"],
    [403, "auth"],
    [404, "missing"],
    [409, "permanent"],
    [412, "conflict"],
    [429, "throttled"],
    [599, "transient"],
    [302, "transient"],
  ] as const)("%i with an unknown code, and without one, is %s", ([status, errorClass]) => {
    expect(ofRow(status, "0x8000ffff")).toBe(errorClass);
    expect(ofRow(status)).toBe(errorClass);
  });

  test("a list or a function is never missing or refused by itself: the address is wrong", () => {
    expect([ofList(404), ofList(400)]).toEqual(["config", "config"]);
  });

  test("a plug-in that refuses with a status of its choice closes no gate", () => {
    expect(ofRow(403, "0x80040265")).toBe("permanent");
    expect(ofRow(412, "0x80040265")).toBe("permanent");
  });
});

describe("one spelling for codes", () => {
  test.for([
    ["0x8006088A", "0x8006088a"],
    ["0x0", "0x0"],
    // 0x80072322 as Microsoft's page on limits writes it in decimal.
    ["-2147015902", "0x80072322"],
    ["2147951394", "0x80072322"],
    ["", undefined],
    ["kari@example.org", undefined],
    ["0x80060891 and more", undefined],
  ] as const)("%s is %s", ([text, code]) => {
    expect(codeOf(text)).toBe(code);
  });
});
