// The slips of the payment on the screen, and the one on its way to the printer.
import { tick } from "svelte";
import { call, type ApiError, type Code, type ReceiptsView, type SlipLine } from "../bridge";

/** Whose slip. */
export type Slip = keyof ReceiptsView;

export class Receipts {
  /** The slips; none until the till has answered. */
  view = $state.raw<ReceiptsView | null>(null);
  /** Why there are none. */
  problem = $state<Code | null>(null);
  /** What is put on paper; none where nothing is. */
  paper = $state.raw<readonly SlipLine[] | null>(null);

  #turn = 0;
  readonly #printer: () => void;

  constructor(printer: () => void) {
    this.#printer = printer;
  }

  /** Fetches those of a payment. */
  async load(payment: string): Promise<void> {
    this.put();
    const turn = this.#turn;
    try {
      const view = await call("payment_receipts", { payment });
      if (turn === this.#turn) this.view = view;
    } catch (error) {
      if (turn === this.#turn) this.problem = (error as ApiError).code;
    }
  }

  /** Prints one of them, and nothing else of the window. */
  async print(slip: Slip): Promise<void> {
    this.paper = this.view?.[slip] ?? null;
    if (this.paper === null) return;
    // It has to be on the page first.
    await tick();
    this.#printer();
  }

  /** Puts them away. */
  put(): void {
    this.#turn += 1;
    this.view = null;
    this.problem = null;
    this.paper = null;
  }
}

export const receipts = new Receipts(() => window.print());
