// What was made elsewhere: the till reads the providers' lists; here it is asked to, and one of its rows is shown.
import { call, type ApiError, type Code, type PaymentRowView } from "../bridge";
import { screen, type Screen } from "./screen.svelte";
import { till, type Till } from "./till.svelte";

export class Elsewhere {
  /** The row that the drawer shows. */
  shown = $state.raw<PaymentRowView | null>(null);
  /** The lists are being read because somebody asked. */
  looking = $state(false);
  /** Why they were not. */
  problem = $state<Code | null>(null);

  readonly #screen: Screen;
  readonly #till: Till;

  constructor(screen: Screen, till: Till) {
    this.#screen = screen;
    this.#till = till;
  }

  /** Has the lists read: those that are not fresh, or all of them where somebody pressed a button. */
  async look(is_pressed: boolean): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      this.#till.takeElsewhere(await call("look_elsewhere", { is_pressed }));
      this.problem = null;
    } catch (error) {
      this.problem = (error as ApiError).code;
    }
    this.looking = false;
  }

  /** Opens the drawer of a row. */
  show(row: PaymentRowView): void {
    this.shown = row;
    this.#screen.ask("elsewhere");
  }
}

export const elsewhere = new Elsewhere(screen, till);
