// The sale being typed: digits, order, and the way to pay with what it needs. The till says what the digits amount to and
// whether they can be charged; here they are only collected, and none is lost while an answer is
// awaited.
import {
  call,
  type ApiError,
  type Code,
  type PaymentView,
  type StartChargeRequest,
  type TerminalView,
  type TypedAmountView,
} from "../bridge";
import { say } from "../text/speak.svelte";
import { CardForm } from "./card.svelte";
import { LinkForm } from "./link.svelte";
import { TermsForm } from "./terms.svelte";
import { till, type Till } from "./till.svelte";
import { warned } from "./warned.svelte";

/** More digits than any amount has: what is held beyond them is a stuck key. */
const DIGITS_LIMIT = 16;

/** What a sale needs besides, by the way it is paid. */
type Besides = Pick<StartChargeRequest, "link" | "sale" | "card">;

export class Sale {
  /** The digits typed. */
  digits = $state("");
  /** What the till says they amount to; none until it has answered. */
  typed = $state.raw<TypedAmountView | null>(null);
  /** Why the last Enter charged nothing. */
  problem = $state<Code | null>(null);
  /** What goes with the problem: the id of the payment in the way. */
  problemPayment = $state<string | null>(null);
  /** A charge is on its way to the till. */
  charging = $state(false);
  /** What a link needs besides. */
  readonly link = new LinkForm(() => ({
    needs: this.terminal?.link ?? null,
    description: say("link.usual", { account: this.terminal?.account_name, order: this.order }),
  }));
  /** What a sale on a card machine may have besides. */
  readonly terms = new TermsForm(() => this.terminal?.account);
  /** The card on file to charge. */
  readonly card = new CardForm(() => say("link.usual", { account: this.terminal?.account_name, order: this.order }));

  #order = $state<string | null>(null);
  #held = $state<string | null>(null);
  #chosen = $state.raw<{ account: string; code: string } | null>(null);
  #asked = 0;
  #answered = 0;
  #asking: Promise<void> = Promise.resolve();
  #unanswered: Code | null = null;
  #next = "";
  readonly #till: Till;

  constructor(till: Till) {
    this.#till = till;
  }

  /** The order: as typed, else the till's suggestion. */
  get order(): string {
    return this.#order ?? this.#held ?? this.#till.overview?.suggested_order ?? "";
  }

  set order(text: string) {
    this.#order = text;
    this.#forgive();
  }

  /** Somebody is about to write over it: a suggestion that changed under the caret would be written on. */
  hold(): void {
    this.#held = null;
    this.#held = this.order;
  }

  /** Nobody is: where nothing was written, the suggestion is followed again. */
  release(): void {
    this.#held = null;
  }

  /** The terminals to choose from. */
  get terminals(): readonly TerminalView[] {
    return this.#till.overview?.terminals ?? [];
  }

  /** The terminal chosen; the first until somebody chooses. It never changes by itself. */
  get terminal(): TerminalView | null {
    const chosen = this.#chosen;
    const found = chosen
      ? this.terminals.find((one) => one.account === chosen.account && one.code === chosen.code)
      : undefined;
    return found ?? this.terminals[0] ?? null;
  }

  /** Says that something was written beside the amount. */
  touch(): void {
    this.#forgive();
  }

  /** What stands in the way now, before anybody presses Enter. */
  get obstacle(): Code | null {
    return this.#till.overview?.trouble ?? null;
  }

  /** Takes a digit, or "00". */
  press(digits: string): void {
    if (this.charging) {
      // The amount under way is locked; this belongs to the next customer.
      this.#next = (this.#next + digits).slice(0, DIGITS_LIMIT);
      return;
    }
    this.digits = (this.digits + digits).slice(0, DIGITS_LIMIT);
    this.#forgive();
    void this.#ask();
  }

  /** Takes the last digit away. */
  erase(): void {
    if (this.charging) {
      this.#next = this.#next.slice(0, -1);
      return;
    }
    this.digits = this.digits.slice(0, -1);
    this.#forgive();
    void this.#ask();
  }

  /** Takes all digits away, and what was written beside them. */
  clear(): void {
    if (this.charging) return;
    this.digits = "";
    this.#clearBesides();
    this.#forgive();
    void this.#ask();
  }

  /** Chooses a terminal. Another account may have another currency, so the amount is asked anew. */
  choose(terminal: TerminalView): void {
    const before = this.terminal?.account;
    this.#chosen = { account: terminal.account, code: terminal.code };
    this.#forgive();
    if (before === terminal.account) return;
    this.link.move();
    // Another system may not offer it, and its amounts were in another currency.
    this.terms.clear();
    this.card.clear();
    void this.#ask();
  }

  /** Chooses the nth terminal, from 1. */
  chooseNumber(number: number): void {
    const terminal = this.terminals[number - 1];
    if (terminal) this.choose(terminal);
  }

  /** Takes up a link or a card on file that ended unpaid, to be looked over and charged anew. */
  again(view: PaymentView): void {
    if (this.charging) return;
    this.#chosen = { account: view.account, code: view.terminal };
    this.#order = view.order;
    // The minor units of an amount are the digits one would type for it.
    this.digits = String(view.amount.minor);
    this.#clearBesides();
    if (view.link) this.link.resume(view.link);
    if (view.card) this.card.resume(view.card);
    this.#forgive();
    void this.#ask();
  }

  /** Asks what the digits amount to; for the first figure and after the accounts changed. */
  async show(): Promise<void> {
    await this.#ask();
  }

  /**
   * Charges what is on the screen. Waits for the figure first: what is charged is what was drawn.
   * Returns the payment, or nothing where none was started; `problem` then says why.
   */
  async charge(): Promise<PaymentView | null> {
    if (this.charging) return null;
    this.charging = true;
    this.#forgive();
    this.#next = "";
    const order = this.order;
    const terminal = this.terminal;
    try {
      if (this.#unanswered) void this.#ask();
      await this.#asking;
      if (this.#unanswered) return this.#refuse(this.#unanswered);
      const problem = this.obstacle ?? this.typed?.problem ?? null;
      if (problem) return this.#refuse(problem);
      if (!terminal) return this.#refuse("terminal_unknown");
      await this.terms.settle();
      if (this.terms.amountProblem) return this.#refuse(this.terms.amountProblem);
      const { account, code } = terminal;
      const besides = this.#besides(terminal);
      const request = { order, digits: this.digits, account, terminal: code, ...besides };
      const view = await warned.charge(request, this.typed?.amount ?? null);
      // Who pays is not kept.
      this.#clearBesides();
      if (this.order === order) this.#order = null;
      this.#held = null;
      this.digits = this.#next;
      void this.#ask();
      return view;
    } catch (error) {
      const { code, detail } = error as ApiError;
      // What was typed meanwhile is dropped: an amount must not grow behind a refusal.
      return this.#refuse(code, detail);
    } finally {
      this.charging = false;
      this.#next = "";
    }
  }

  #besides({ channel, link: needs }: TerminalView): Besides {
    const none: Besides = { link: null, sale: null, card: null };
    switch (channel) {
      case "terminal":
        return { ...none, sale: this.terms.input };
      case "link":
        return { ...none, link: needs ? this.link.input(needs) : null };
      case "card_on_file":
        return { ...none, card: this.card.input };
    }
  }

  #clearBesides(): void {
    this.link.clear();
    this.terms.clear();
    this.card.clear();
  }

  #refuse(code: Code, payment: string | null = null): null {
    this.problem = code;
    const { terminal } = this;
    if (terminal?.channel === "link") this.link.blame(code);
    if (terminal?.channel === "card_on_file") this.card.blame(code);
    if (terminal?.channel === "terminal") this.terms.blame(code);
    const inTheWay = code.startsWith("order_") || code === "terminal_busy" || code === "terminal_replaces";
    this.problemPayment = inTheWay ? payment : null;
    return null;
  }

  #forgive(): void {
    this.problem = null;
    this.problemPayment = null;
    this.link.problem = null;
    this.terms.problem = null;
    this.card.problem = null;
  }

  #ask(): Promise<void> {
    const account = this.terminal?.account;
    if (account === undefined) return this.#asking;
    this.#asked += 1;
    this.#asking = this.#draw(this.#asked, this.digits, account);
    return this.#asking;
  }

  async #draw(turn: number, digits: string, account: string): Promise<void> {
    try {
      const typed = await call("type_amount", { digits, account });
      // An answer may be overtaken by a later one; the older must not be drawn over it.
      if (turn < this.#answered) return;
      this.#answered = turn;
      if (this.problem === this.#unanswered) this.#forgive();
      this.#unanswered = null;
      this.typed = typed;
      // Leading zeros go as soon as the till has said that they do not count, unless more was typed.
      const counts = typed.problem === null || typed.problem === "amount_empty";
      if (counts && turn === this.#asked && this.digits === digits) this.digits = typed.digits;
    } catch (error) {
      if (turn < this.#answered) return;
      this.#answered = turn;
      this.#unanswered = (error as ApiError).code;
      this.#refuse(this.#unanswered);
    }
  }
}

export const sale = new Sale(till);
