// The texts are complete: every key of the bridge has its words, in every language alike.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "../src/text/en.json";
import es from "../src/text/es.json";
import { say, sayIfKnown, speech, tongueFor, duration } from "../src/text/speak.svelte";

const API = readFileSync(join(import.meta.dirname, "../src/bridge/generated/api.ts"), "utf8");

/** The members of a union of strings in the generated file. */
function union(name: string): string[] {
  const found = new RegExp(`export type ${name} = ([^;]+);`).exec(API)?.[1];
  if (found === undefined) throw new Error(`the bridge has no ${name}`);
  return [...found.matchAll(/"([^"]+)"/g)].map(([, member]) => member ?? "");
}

function leaves(node: object, path = ""): [string, string][] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    const here = path === "" ? key : `${path}.${key}`;
    return typeof value === "string" ? [[here, value] as [string, string]] : leaves(value as object, here);
  });
}

const placeholders = (text: string) => [...text.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name ?? "").sort();
const ENGLISH = new Map(leaves(en));
const SPANISH = new Map(leaves(es));

const SECTIONS: [string, string, (key: string) => string[]][] = [
  ["Code", "code", (key) => [`code.${key}`]],
  ["Verdict", "verdict", (key) => [`verdict.${key}`]],
  ["VoidOutcome", "outcome", (key) => [`outcome.${key}`]],
  ["VoidStep", "void_step", (key) => [`void_step.${key}`]],
  ["Telling", "telling", (key) => [`telling.${key}.title`, `telling.${key}.body`]],
  ["LineKey", "line", (key) => [`line.${key}`]],
  ["MoneyMoved", "moved", (key) => [`moved.${key}`]],
  ["State", "state", (key) => [`state.${key}`]],
  ["PracticePress", "press", (key) => [`press.${key}`]],
  ["PracticePagePress", "page_press", (key) => [`page_press.${key}`]],
  ["System", "system", (key) => [`system.${key}.name`, `system.${key}.what`]],
  ["LinkMethod", "method", (key) => [`method.${key}`]],
  ["AmountUnit", "amount_unit", (key) => [`amount_unit.${key}`]],
  ["PracticeDisplay", "display", (key) => [`display.${key}`]],
  ["Action", "action", (key) => [`action.${key}`]],
  ["Language", "language", (key) => [`language.${key}`]],
  ["Theme", "theme", (key) => [`theme.${key}`]],
  ["Mark", "mark", (key) => [`mark.${key}`]],
  ["Prompt", "prompt", (key) => [`prompt.${key}`]],
  ["TerminalState", "terminal_state", (key) => [`terminal_state.${key}`]],
  ["ActKind", "act", (key) => [`act.${key}`]],
  ["RefundRoute", "refund_route", (key) => [`refund_route.${key}`]],
  ["Role", "role", (key) => [`role.${key}`]],
  ["Deed", "deed", (key) => [`deed.${key}`]],
  ["AuditKey", "audit_what", (key) => [`audit_what.${key}`]],
  ["WarningKind", "warned", (key) => [`warned.${key}.title`, `warned.${key}.body`]],
  ["InboxTask", "inbox_task", (key) => [`inbox_task.${key}`]],
  ["InboxMissing", "inbox_missing", (key) => [`inbox_missing.${key}`]],
  ["Generation", "generation", (key) => [`generation.${key}`]],
  ["LetterFate", "letter_fate", (key) => [`letter_fate.${key}`]],
  ["MailSecurity", "mail_security", (key) => [`mail_security.${key}`]],
];

describe("the texts", () => {
  it.each(SECTIONS)("say every %s", (name, _, keys) => {
    const wanted = union(name).flatMap(keys);
    expect(wanted.length).toBeGreaterThan(1);
    expect(wanted.filter((key) => !ENGLISH.has(key))).toEqual([]);
    expect(wanted.filter((key) => !SPANISH.has(key))).toEqual([]);
  });

  it.each(SECTIONS)("say of %s nothing that the till does not know", (name, section) => {
    const known = union(name);
    const words = (en as Record<string, object>)[section] ?? {};
    expect(Object.keys(words).filter((key) => !known.includes(key))).toEqual([]);
  });

  it.each([
    ["OpenKind", "day.open_"],
    ["DayChecked", "day.check_"],
    ["HeadMemory", "audit.memory_"],
  ])("say every %s of a report", (name, stem) => {
    const wanted = union(name).map((key) => `${stem}${key}`);
    expect(wanted.length).toBeGreaterThan(1);
    expect(wanted.filter((key) => !ENGLISH.has(key) || !SPANISH.has(key))).toEqual([]);
  });

  it("are all said somewhere", () => {
    const folder = join(import.meta.dirname, "../src");
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => /\.(?:svelte|ts)$/.test(path))
      .map((path) => readFileSync(join(folder, path), "utf8"))
      .join("\n");
    // Sections whose keys the till sends, and those picked by a name in the source.
    const picked = [...SECTIONS.map(([, section]) => section), "line_detail", "telling_link", "line_link", "line_link_detail", "telling_card", "line_card", "line_card_detail", "telling_return", "line_return", "line_return_detail", "subject", "rail", "column", "proof", "paper"];
    // Those of a field of the link form, and of the phone, are picked by the name of what they are about.
    const ofParts = /^(?:link\.\w+_wrong|phone\.(?:open|closed|paid)|billing\.\w+|dialog\.refund_(?:remote|terminal)|void\.reason_\w+|receipt\.(?:print_)?(?:customer|merchant)|day\.(?:open|check)_\w+|audit\.memory_\w+)$/;
    const unsaid = [...ENGLISH.keys()].filter((key) => !picked.includes(key.split(".")[0] ?? "") && !ofParts.test(key));
    expect(unsaid.length).toBeGreaterThan(50);
    expect(unsaid.filter((key) => !sources.includes(`"${key}"`))).toEqual([]);
  });

  it.each([
    ["proof", ["void/paper.rs", "void/proof.rs"]],
    ["paper", ["paper/mod.rs"]],
  ])("of %s are all written on paper", (section, paths) => {
    const till = join(import.meta.dirname, "../../src-tauri/crates/till/src");
    const source = paths.map((path) => readFileSync(join(till, path), "utf8")).join("\n");
    const names = Object.keys((en as Record<string, object>)[section] ?? {});
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !source.includes(`"${name}"`))).toEqual([]);
  });

  it("have the same keys in both languages", () => {
    expect([...SPANISH.keys()]).toEqual([...ENGLISH.keys()]);
  });

  it("have the same placeholders in both languages", () => {
    for (const [key, text] of ENGLISH) expect(placeholders(SPANISH.get(key) ?? ""), key).toEqual(placeholders(text));
  });

  it.each([
    ["telling.", ["amount", "order", "provider", "said", "seconds", "terminal", "tip", "total"]],
    ["telling_link.", ["amount", "order", "provider", "said", "seconds", "terminal", "tip", "total"]],
    ["line_link.", ["amount", "intent", "provider", "said", "terminal", "who"]],
    ["line_link_detail.", ["amount", "intent", "provider", "said", "terminal", "who"]],
    ["line.", ["amount", "intent", "provider", "said", "terminal", "who"]],
    ["line_detail.", ["amount", "intent", "provider", "said", "terminal", "who"]],
    ["telling_card.", ["amount", "order", "provider", "said", "seconds", "terminal", "tip", "total"]],
    ["line_card.", ["amount", "intent", "provider", "said", "terminal", "who"]],
    ["line_card_detail.", ["amount", "intent", "provider", "said", "terminal", "who"]],
    ["telling_return.", ["amount", "order", "provider", "said", "seconds", "terminal"]],
    ["line_return.", ["amount", "intent", "provider", "said", "terminal", "who"]],
    ["line_return_detail.", ["amount", "intent", "provider", "said", "terminal", "who"]],
    ["code.", ["detail"]],
    ["action.", []],
    ["state.", []],
  ])("ask in %s for nothing that the till does not send", (section, known) => {
    const used = [...ENGLISH].filter(([key]) => key.startsWith(section)).flatMap(([, text]) => placeholders(text));
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
  });

  it("titles do not depend on what may be blank", () => {
    const titles = [...ENGLISH].filter(([key]) => key.startsWith("line.") || key.endsWith(".title"));
    const blank = titles.filter(([, text]) => /\{(?:who|said|intent)\}/.test(text));
    expect(blank).toEqual([]);
  });

  it("details belong to a line of the timeline", () => {
    const lines = union("LineKey");
    for (const details of [en.line_detail, en.line_link, en.line_link_detail, en.line_card, en.line_card_detail]) {
      expect(Object.keys(details).filter((key) => !lines.includes(key))).toEqual([]);
    }
  });

  it("of a link belong to a telling, and speak of no terminal", () => {
    const tellings = union("Telling");
    expect(Object.keys(en.telling_link).filter((key) => !tellings.includes(key))).toEqual([]);
    const ofLinks = [...ENGLISH, ...SPANISH].filter(([key]) => /^(?:telling_link|line_link)|^telling\..*_link/.test(key));
    expect(ofLinks.length).toBeGreaterThan(20);
    expect(ofLinks.filter(([, text]) => /terminal|\bcard\b|tarjeta/i.test(text))).toEqual([]);
  });

  it("of a card on file belong to a telling, and send nobody to a terminal", () => {
    const tellings = union("Telling");
    expect(Object.keys(en.telling_card).filter((key) => !tellings.includes(key))).toEqual([]);
    const ofCards = [...ENGLISH, ...SPANISH].filter(([key]) => /^(?:telling_card|line_card)/.test(key));
    expect(ofCards.length).toBeGreaterThan(40);
    expect(ofCards.filter(([, text]) => /terminal|\bQR\b/i.test(text))).toEqual([]);
  });

  it("of money that goes back belong to a telling, and speak of no charge", () => {
    const tellings = union("Telling");
    expect(Object.keys(en.telling_return).filter((key) => !tellings.includes(key))).toEqual([]);
    const ofReturns = [...ENGLISH, ...SPANISH].filter(([key]) => /^(?:telling_return|line_return)/.test(key));
    expect(ofReturns.length).toBeGreaterThan(80);
    expect(ofReturns.filter(([, text]) => /\bcharge|\bpaid\b|\btaken\b|cobr|pagad/i.test(text))).toEqual([]);
  });

  it("are never blank, and a sentence ends as one", () => {
    for (const [key, text] of [...ENGLISH, ...SPANISH]) {
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe("");
      if (key.startsWith("code.") || key.endsWith(".body")) expect(text, key).toMatch(/[.?!/]$/);
    }
  });

  it("do not say cancelled or safe to charge again while money may move", () => {
    for (const [key, text] of ENGLISH) {
      if (/^telling(?:_link|_card)?\.(not_known|waiting|cancelling|sending|processing)/.test(key)) {
        expect(text, key).not.toMatch(/no money moved|can be charged again|nothing was taken\./i);
      }
    }
  });
});

describe("saying", () => {
  it("fills in", () => {
    speech.tongue = "en";
    expect(say("charge.go", { amount: "MX$1.00", terminal: "Bar" })).toBe("Charge MX$1.00 on Bar");
    speech.tongue = "es";
    expect(say("charge.go", { amount: "MX$1.00", terminal: "Bar" })).toBe("Cobrar MX$1.00 en Bar");
  });

  it("says nothing where something would be blank", () => {
    speech.tongue = "en";
    expect(sayIfKnown("line_detail.cancel_asked", { who: "Ana" })).toBe("by Ana");
    expect(sayIfKnown("line_detail.cancel_asked", { who: "" })).toBe("");
    expect(sayIfKnown("line_detail.waiting", {})).toBe("");
  });

  it("chooses the first language of the system that there are words in", () => {
    expect(tongueFor(["th-TH", "es-MX", "en-US"])).toBe("es");
    expect(tongueFor(["en-GB", "es"])).toBe("en");
    expect(tongueFor(["th-TH"])).toBe("en");
    expect(tongueFor([])).toBe("en");
  });

  it("writes durations as a clock", () => {
    expect(duration(7)).toBe("0:07");
    expect(duration(61)).toBe("1:01");
    expect(duration(3725)).toBe("1:02:05");
  });
});
