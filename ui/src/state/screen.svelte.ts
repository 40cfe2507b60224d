// Where the window is: one screen, at most one dialog over it.
import type { Code } from "../bridge";

/** The screens. */
export type ScreenName = "charge" | "live" | "payments" | "inbox" | "void" | "voids" | "day" | "audit" | "settings";

/** What may lie over a screen. */
export type DialogName = "keys" | "close" | "witness" | "remove_account" | "customer" | "refund" | "reverse" | "receipts" | "leftover" | "void_list" | "return" | "approval" | "switch" | "own_pin" | "day_close" | "warned" | "change" | "decide" | "elsewhere";

export class Screen {
  /** The screen shown. */
  name = $state<ScreenName>("charge");
  /** The dialog over it. */
  dialog = $state<DialogName | null>(null);
  /** How many payments were open when somebody wanted to close the window. */
  closingOver = $state(0);
  /** Why the last thing asked for is not on the screen. */
  problem = $state<Code | null>(null);
  /** Grows with every arrival: the focus follows it, so that it is never lost. */
  arrivals = $state(0);

  /** Goes to a screen. */
  go(name: ScreenName): void {
    this.name = name;
    this.problem = null;
    this.arrivals += 1;
  }

  /** Opens a dialog. The question about closing the window is never covered by another. */
  ask(dialog: DialogName): void {
    if (this.dialog !== "close") this.dialog = dialog;
  }

  /** Asks before the window closes over open payments. */
  askBeforeClosing(open: number): void {
    this.closingOver = open;
    this.dialog = "close";
  }

  /** Closes the dialog. */
  dismiss(): void {
    this.dialog = null;
  }
}

export const screen = new Screen();
