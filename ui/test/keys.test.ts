// The table of keys: what each means where it is pressed.
import { describe, expect, it } from "vitest";
import { meaning, type Place, type Press } from "../src/state/keys";

const CHARGE: Place = { screen: "charge", dialog: false, writing: false, submits: false, onControl: false };
const LIVE: Place = { ...CHARGE, screen: "live" };

function press(key: string, more: Partial<Press> = {}): Press {
  return { key, code: "", altKey: false, ctrlKey: false, metaKey: false, repeat: false, ...more };
}

describe("keys", () => {
  it.each([
    ["a digit", press("7"), CHARGE, { do: "digit", digit: "7" }],
    ["a digit over a payment", press("7"), LIVE, { do: "digit", digit: "7" }],
    ["a digit in Payments", press("7"), { ...CHARGE, screen: "payments" }, { do: "digit", digit: "7" }],
    ["a digit with a button in focus", press("7"), { ...CHARGE, onControl: true }, { do: "digit", digit: "7" }],
    ["a digit in a field", press("7"), { ...CHARGE, writing: true }, null],
    ["a digit with Ctrl", press("7", { ctrlKey: true }), CHARGE, null],
    ["a full-width digit", press("７"), CHARGE, null],
    ["Backspace", press("Backspace"), CHARGE, { do: "erase" }],
    ["Backspace in a field", press("Backspace"), { ...CHARGE, writing: true }, null],
    ["Enter", press("Enter"), CHARGE, { do: "primary" }],
    ["Enter held down", press("Enter", { repeat: true }), CHARGE, { do: "nothing" }],
    ["Enter held down over a dialog", press("Enter", { repeat: true }), { ...CHARGE, dialog: true }, { do: "nothing" }],
    ["Enter held down on a button", press("Enter", { repeat: true }), { ...CHARGE, onControl: true }, { do: "nothing" }],
    ["Enter on a button", press("Enter"), { ...CHARGE, onControl: true }, null],
    ["Enter in the order", press("Enter"), { ...CHARGE, writing: true, submits: true }, { do: "primary" }],
    ["Enter in another field", press("Enter"), { ...CHARGE, writing: true }, null],
    ["Esc", press("Escape"), LIVE, { do: "safe" }],
    ["Esc held down", press("Escape", { repeat: true }), LIVE, { do: "nothing" }],
    ["Esc in a field", press("Escape"), { ...CHARGE, writing: true }, { do: "leave_field" }],
    ["Esc in a dialog", press("Escape"), { ...LIVE, dialog: true }, null],
    ["Alt 2", press("2", { altKey: true, code: "Digit2" }), CHARGE, { do: "terminal", number: 2 }],
    ["Alt 2 where Alt writes", press("™", { altKey: true, code: "Digit2" }), CHARGE, { do: "terminal", number: 2 }],
    ["Alt 2 on the keypad", press("2", { altKey: true, code: "Numpad2" }), CHARGE, { do: "terminal", number: 2 }],
    ["Alt 2 in the order", press("2", { altKey: true, code: "Digit2" }), { ...CHARGE, writing: true }, { do: "terminal", number: 2 }],
    ["Alt 0", press("0", { altKey: true, code: "Digit0" }), CHARGE, null],
    ["Q over a payment", press("q"), LIVE, { do: "customer" }],
    ["Q with Caps Lock", press("Q"), LIVE, { do: "customer" }],
    ["Q elsewhere", press("q"), CHARGE, null],
    ["Q in a field", press("q"), { ...LIVE, writing: true }, null],
    ["M on the charge screen", press("m"), CHARGE, { do: "more" }],
    ["M held down", press("M", { repeat: true }), CHARGE, { do: "nothing" }],
    ["M elsewhere", press("m"), LIVE, null],
    ["M in a field", press("m"), { ...CHARGE, writing: true }, null],
    ["F2", press("F2"), LIVE, { do: "order" }],
    ["F5", press("F5"), LIVE, { do: "ask" }],
    ["F5 held down", press("F5", { repeat: true }), LIVE, { do: "nothing" }],
    ["F5 over a dialog", press("F5"), { ...LIVE, dialog: true }, { do: "nothing" }],
    ["N over a payment", press("n"), LIVE, { do: "next" }],
    ["N held down", press("n", { repeat: true }), LIVE, { do: "nothing" }],
    ["N elsewhere", press("n"), CHARGE, null],
    ["?", press("?"), CHARGE, { do: "sheet" }],
    ["? in a field", press("?"), { ...CHARGE, writing: true }, null],
    ["/ in Payments", press("/"), { ...CHARGE, screen: "payments" }, { do: "search" }],
    ["/ elsewhere", press("/"), CHARGE, null],
    ["Tab", press("Tab"), CHARGE, null],
  ] as const)("%s", (_, key, place, expected) => {
    expect(meaning(key, place as Place)).toEqual(expected);
  });
});
