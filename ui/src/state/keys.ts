// What a key means, as one table without side effects: App asks it and does what it says.
import type { ScreenName } from "./screen.svelte";

/** What is known of a key press. */
export type Press = Pick<
  KeyboardEvent,
  "key" | "code" | "altKey" | "ctrlKey" | "metaKey" | "repeat"
>;

/** Where it was pressed. */
export type Place = {
  screen: ScreenName;
  /** A dialog is open. */
  dialog: boolean;
  /** The focus is in a field one writes or chooses in. */
  writing: boolean;
  /** That field is one whose Enter does the screen's green thing. */
  submits: boolean;
  /** The focus is on a button or a link, which has its own Enter. */
  onControl: boolean;
};

/** What a key means. `nothing`: the till swallows it. `null`: it is the webview's. */
export type Meaning =
  | { do: "digit"; digit: string }
  | { do: "terminal"; number: number }
  | { do: "erase" | "primary" | "safe" | "leave_field" | "order" | "next" | "ask" | "search" | "sheet" | "customer" | "more" | "switch" | "nothing" };

const DIGIT = /^[0-9]$/;
/** The place on the keyboard: with Alt held, some systems name another character. */
const DIGIT_PLACE = /^(?:Digit|Numpad)([1-9])$/;

/** The meaning of a key press. */
export function meaning(press: Press, place: Place): Meaning | null {
  // F5 would load the page anew and Enter held down would press twice, wherever one is.
  if (press.key === "F5") return place.dialog || press.repeat ? { do: "nothing" } : { do: "ask" };
  if (press.key === "Enter" && press.repeat) return { do: "nothing" };
  if (place.dialog || press.ctrlKey || press.metaKey) return null;
  if (press.altKey) {
    const number = DIGIT_PLACE.exec(press.code)?.[1];
    return number === undefined ? null : { do: "terminal", number: Number(number) };
  }
  if (press.key === "F2") return { do: "order" };
  if (press.key === "F9") return { do: "switch" };
  if (press.key === "Escape") {
    if (press.repeat) return { do: "nothing" };
    return { do: place.writing ? "leave_field" : "safe" };
  }
  if (press.key === "Enter") {
    const elsewhere = place.onControl || (place.writing && !place.submits);
    return elsewhere ? null : { do: "primary" };
  }
  return place.writing ? null : typed(press, place);
}

/** Keys that write a character, where nobody is writing. */
function typed(press: Press, place: Place): Meaning | null {
  if (DIGIT.test(press.key)) return { do: "digit", digit: press.key };
  switch (press.key) {
    case "Backspace":
      return { do: "erase" };
    case "?":
      return { do: "sheet" };
    case "/":
      return place.screen === "payments" ? { do: "search" } : null;
    case "m":
    case "M":
      return place.screen === "charge" ? { do: press.repeat ? "nothing" : "more" } : null;
    case "q":
    case "Q":
      return place.screen === "live" ? { do: "customer" } : null;
    case "n":
    case "N":
      if (place.screen !== "live") return null;
      return { do: press.repeat ? "nothing" : "next" };
    default:
      return null;
  }
}
