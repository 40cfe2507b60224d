// An amount being typed beside the sale's own: a tip, a line, what goes back. The till says what the
// digits amount to; none is lost while an answer is awaited.
import { call, type ApiError, type Code, type MoneyView } from "../bridge";

/** More digits than any amount has. */
const DIGITS_LIMIT = 16;
const ZEROS = /^0+/;

export class TypedMoney {
  /** The digits that count; empty for nothing. */
  digits = $state("");
  /** What they amount to; none until the till has answered. */
  amount = $state.raw<MoneyView | null>(null);
  /** What is wrong with them. Nothing typed is nothing wrong. */
  problem = $state<Code | null>(null);

  #asked = 0;
  #answering: Promise<void> = Promise.resolve();
  readonly #account: () => string | undefined;

  /** `account`: whose currency decides the decimals. */
  constructor(account: () => string | undefined) {
    this.#account = account;
  }

  /** Takes what is typed now, in place of what was. */
  async write(digits: string): Promise<void> {
    this.digits = digits.replace(ZEROS, "").slice(0, DIGITS_LIMIT);
    await this.show();
  }

  /** Asks what the digits amount to; the first time, and after the account changed. */
  async show(): Promise<void> {
    const account = this.#account();
    if (account === undefined) return;
    this.#asked += 1;
    this.#answering = this.#ask(this.#asked, this.digits, account);
    await this.#answering;
  }

  /** Waits until what is drawn is what was typed. */
  async settle(): Promise<void> {
    await this.#answering;
  }

  /** Forgets it. */
  clear(): void {
    this.#asked += 1;
    this.digits = "";
    this.amount = null;
    this.problem = null;
  }

  async #ask(turn: number, digits: string, account: string): Promise<void> {
    try {
      const { amount, problem } = await call("type_amount", { digits, account });
      // An answer may be overtaken by more digits: the older must not be drawn over them.
      if (turn !== this.#asked) return;
      this.amount = amount;
      this.problem = problem === "amount_empty" ? null : problem;
    } catch (error) {
      if (turn === this.#asked) this.problem = (error as ApiError).code;
    }
  }
}
