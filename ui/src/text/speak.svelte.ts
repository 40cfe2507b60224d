// Every word the window says comes from here, in the language chosen.
import en from "./en.json";
import es from "./es.json";

/** The languages there are words in. */
export type Tongue = "en" | "es";

type Words = typeof en;
type Leaves<Node, Path extends string = ""> = Node extends string
  ? Path
  : { [Key in keyof Node & string]: Leaves<Node[Key], Path extends "" ? Key : `${Path}.${Key}`> }[keyof Node & string];

/** The name of a text. */
export type TextKey = Leaves<Words>;

/** What a text's `{name}` stand for. */
export type Params = Readonly<Record<string, string | number | undefined>>;

const WORDS: Record<Tongue, Words> = { en, es };
/** The words are Mexican Spanish; the till writes its times as shops do, from 0 to 24. */
const LOCALES: Record<Tongue, string> = { en: "en-GB", es: "es-MX" };

class Speech {
  /** The language spoken now. */
  tongue = $state<Tongue>("en");
}

/** Which language is spoken; set from the setting. */
export const speech = new Speech();

/** The language for a list of a system's languages ("es-MX", "en-US"): the first one with words. */
export function tongueFor(languages: readonly string[]): Tongue {
  for (const language of languages) {
    const primary = language.toLowerCase().split("-")[0];
    if (primary === "es" || primary === "en") return primary;
  }
  return "en";
}

function find(path: string): string | null {
  let node: unknown = WORDS[speech.tongue];
  for (const step of path.split(".")) {
    if (typeof node !== "object" || node === null) return null;
    node = (node as Record<string, unknown>)[step];
  }
  return typeof node === "string" ? node : null;
}

function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ""));
}

/** Says a text. */
export function say(key: TextKey, params: Params = {}): string {
  return fill(find(key) ?? key, params);
}

/** The texts of these groups, by their names: for a file in the reader's words. */
export function wordsOf(groups: readonly (keyof Words)[]): Record<string, string> {
  const words: Record<string, string> = {};
  for (const group of groups) {
    for (const [name, text] of Object.entries(WORDS[speech.tongue][group])) {
      if (typeof text === "string") words[`${group}.${name}`] = text;
    }
  }
  return words;
}

/** What the proof of a void is written with. */
export function proofWords(): Record<string, string> {
  return wordsOf(["column", "verdict", "outcome", "state", "void_step", "proof", "paper"]);
}

/** Whether there is a text of that name. */
export function isSaid(path: string): path is TextKey {
  return find(path) !== null;
}

/**
 * Says a text that need not be there, and says nothing when something in it would be blank:
 * "by {who}" where nobody is named.
 */
export function sayIfKnown(path: string, params: Params = {}): string {
  const text = find(path);
  if (text === null) return "";
  const blank = [...text.matchAll(/\{(\w+)\}/g)].some(([, name]) => !params[name ?? ""]);
  return blank ? "" : fill(text, params);
}

// Making one takes milliseconds in the window's engine: a list of times made one for each row, at each letter
// that somebody typed.
const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: Date, options: Intl.DateTimeFormatOptions): string {
  const locale = LOCALES[speech.tongue];
  const name = `${locale} ${JSON.stringify(options)}`;
  let known = formats.get(name);
  if (!known) {
    known = new Intl.DateTimeFormat(locale, { hour12: false, ...options });
    formats.set(name, known);
  }
  return known.format(at);
}

/** "14:32". */
export function clock(at: Date): string {
  return format(at, { hour: "2-digit", minute: "2-digit" });
}

/** "14:32:06.1": which of two things came first is often the question. */
export function instant(at: string): string {
  return format(new Date(at), {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 1,
  });
}

/** "21 Nov, 14:32". */
export function dayAndTime(at: string): string {
  return format(new Date(at), { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

/** "Saturday 21 November", of a date as the till writes it, "2026-11-21". */
export function dateOf(iso: string): string {
  return format(new Date(`${iso}T12:00`), { weekday: "long", day: "numeric", month: "long" });
}

/** "21": the day of the month of a date as the till writes it, "2026-11-21". */
export function dayOfMonth(iso: string): string {
  return String(Number(iso.slice(8)));
}

/** "14:47", or "22 Nov, 14:47" where that is another day. */
export function until(at: string, now = new Date()): string {
  const then = new Date(at);
  return then.toDateString() === now.toDateString() ? clock(then) : dayAndTime(at);
}

/** "0:07", "1:02:05". */
export function duration(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const clockface = `${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${clockface}` : `${minutes}:${clockface}`;
}

/** A whole number, grouped as the language does. */
export function count(number: number): string {
  return new Intl.NumberFormat(LOCALES[speech.tongue]).format(number);
}
