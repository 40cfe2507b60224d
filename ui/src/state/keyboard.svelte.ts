// The one listener of the window: what a key means (keys.ts), done.
import { audit } from "./audit.svelte";
import { day } from "./day.svelte";
import { inbox } from "./inbox.svelte";
import { meaning, type Meaning, type Place } from "./keys";
import { machineWatch } from "./machines.svelte";
import { payment } from "./payment.svelte";
import { payments } from "./payments.svelte";
import { sale } from "./sale.svelte";
import { screen } from "./screen.svelte";
import { staff } from "./staff.svelte";
import { till } from "./till.svelte";
import { voids } from "./voids.svelte";

const WRITES = 'input:not([type="radio"]):not([type="checkbox"]), textarea, select';
const CONTROLS = "button, a[href], summary";
/** A field that asks for this key: `data-shortcut="order"`. */
const shortcut = (name: string) => document.querySelector<HTMLInputElement>(`[data-shortcut="${name}"]`);

function place(): Place {
  const focused = document.activeElement;
  return {
    screen: screen.name,
    dialog: screen.dialog !== null || staff.locked,
    writing: focused?.matches(WRITES) ?? false,
    submits: focused?.matches("[data-submits]") ?? false,
    onControl: focused?.matches(CONTROLS) ?? false,
  };
}

/** Charges what is typed and shows the payment. */
export async function charge(): Promise<void> {
  const view = await sale.charge();
  if (!view) {
    // Enter goes on to what is missing.
    if (screen.name === "charge") focusOnMissing();
    return;
  }
  till.untouched = false;
  // Somebody may have gone elsewhere while the till answered; the payment is one press away there.
  if (screen.name === "charge") payment.show(view);
}

/** The field that a refusal is about. */
function focusOnMissing(): void {
  if (sale.link.problem) focusOn(`link-${sale.link.problem}`);
  else if (sale.card.problem) focusOn(`card-${sale.card.problem}`);
  else if (sale.terms.problem) {
    const index = sale.terms.lines.findIndex((line) => line.missing !== null);
    const missing = sale.terms.lines[index]?.missing;
    if (missing) focusOn(`line-${index}-${missing}`);
  }
}

/** Shows what a sale may have besides, where it may have anything, and begins there. */
function showMore(): void {
  if (!shortcut("more")) return;
  sale.terms.toggle();
  // The fields have to be there first. Closed, the focus is where Enter charges.
  if (sale.terms.open) setTimeout(() => document.querySelector<HTMLElement>('[data-part="terms"] input')?.focus());
  else focusMain();
}

/** A digit typed anywhere is the amount's. Over a payment that has ended it begins the next sale. */
function typeDigit(digit: string): void {
  if (screen.name === "live" && payment.view?.open === false) payment.leave();
  else if (screen.name !== "live" && screen.name !== "charge") screen.go("charge");
  sale.press(digit);
}

function goOn(): void {
  if (screen.name === "charge") void charge();
  else if (screen.name === "live" && payment.view?.enter) void payment.act(payment.view.enter);
}

function goBack(): void {
  if (screen.name === "charge") sale.clear();
  else if (screen.name === "live" && payment.view) void payment.act(payment.view.escape);
  else if (screen.name === "void") void voids.leave();
  else if (screen.name === "voids") screen.go("payments");
  else screen.go("charge");
}

/** Asks again whatever is on the screen. */
function ask(): void {
  if (screen.name === "live") void payment.act("ask_now");
  else if (screen.name === "payments") void payments.refresh();
  else if (screen.name === "void") void voids.refresh();
  else if (screen.name === "day") void day.refresh();
  else if (screen.name === "audit") void audit.reload();
  else if (screen.name === "voids") void voids.list();
  else if (screen.name === "inbox") void inbox.refresh();
  else {
    void till.refresh();
    if (screen.name === "charge") void machineWatch.look();
  }
}

function focusOn(name: string): void {
  const field = shortcut(name);
  field?.focus();
  field?.select();
}

/** Turns the screen to the customer, where there is a page to show. */
export function showCustomer(): void {
  if (screen.name === "live" && payment.view?.page) screen.ask("customer");
}

function focusMain(): void {
  document.querySelector<HTMLElement>("main")?.focus();
}

/** F2 brings one to the order, from wherever one is; a payment that is open stays watched. */
function goToOrder(): void {
  if (screen.name === "live") payment.leave();
  else if (screen.name !== "charge") screen.go("charge");
  // The screen has to be there first.
  setTimeout(() => focusOn("order"));
}

function perform(what: Meaning): void {
  switch (what.do) {
    case "digit":
      return typeDigit(what.digit);
    case "terminal":
      return sale.chooseNumber(what.number);
    case "erase":
      return sale.erase();
    case "primary":
      return goOn();
    case "safe":
      return goBack();
    case "leave_field":
      return focusMain();
    case "order":
      return goToOrder();
    case "next":
      return payment.leave();
    case "ask":
      return ask();
    case "search":
      return focusOn("search");
    case "customer":
      return showCustomer();
    case "more":
      return showMore();
    case "switch":
      return staff.change();
    case "sheet":
      return screen.ask("keys");
    case "nothing":
      return;
  }
}

/** Hears every key press of the window. */
export function press(event: KeyboardEvent): void {
  staff.touch();
  if (event.isComposing) return;
  const what = meaning(event, place());
  if (!what) return;
  event.preventDefault();
  perform(what);
}

/**
 * Hears every press of a pointer. A button pressed with a finger or a mouse does not take the focus:
 * Enter after it must still do the green thing, not press that button again.
 */
export function choosePointer(event: MouseEvent): void {
  staff.touch();
  if (screen.dialog !== null || !(event.target instanceof Element)) return;
  // A field inside its label is pressed to be written in.
  if (event.target.matches(WRITES) || !event.target.closest("button, label")) return;
  if (event.target.closest("form")) return;
  event.preventDefault();
  if (document.activeElement?.matches(WRITES)) focusMain();
}
