// Money that goes back without a payment, as it is being written. The till checks it; here it is only
// known which field a refusal is about.
import { call, type ApiError, type Code, type PaymentView, type TerminalView } from "../bridge";
import { TypedMoney } from "./typed.svelte";

/** A field of the question. */
export type ReturnField = "order" | "amount" | "reason" | "terminal";

const fieldOf = (code: Code): ReturnField => {
  if (code.startsWith("order_")) return "order";
  if (code.startsWith("amount_")) return "amount";
  return code === "return_reason" ? "reason" : "terminal";
};

/** Accounts have machines of the same name, and systems machines of the same code. */
const keyOf = ({ account, code }: TerminalView) => `${account} ${code}`;

export class ReturnForm {
  order = $state("");
  reason = $state("");
  keyed = $state(false);
  /** On its way to the till: pressed twice it is sent once. */
  sending = $state(false);
  /** Why the till did not begin. */
  problem = $state<Code | null>(null);
  /** The machine chosen, by its key. */
  chosen = $state("");
  readonly amount = new TypedMoney(() => this.terminal?.account);
  /** The machines that can give money back without a payment. */
  readonly terminals: readonly TerminalView[];

  constructor(all: readonly TerminalView[]) {
    this.terminals = all.filter((one) => one.returns !== null);
    const [first] = this.terminals;
    if (first) this.choose(keyOf(first));
  }

  get terminal(): TerminalView | null {
    return this.terminals.find((one) => keyOf(one) === this.chosen) ?? null;
  }

  /** To choose from: by the account too, where there are several. */
  get options(): { value: string; words: string }[] {
    const accounts = new Set(this.terminals.map((one) => one.account));
    const words = ({ label, account_name }: TerminalView) => (accounts.size > 1 ? `${label} · ${account_name}` : label);
    return this.terminals.map((one) => ({ value: keyOf(one), words: words(one) }));
  }

  /** The field that the problem is about. */
  get blamed(): ReturnField | null {
    return this.problem === null ? null : fieldOf(this.problem);
  }

  /** Another account may have another currency, so the amount is asked anew. */
  choose(key: string): void {
    this.chosen = key;
    this.forgive();
    void this.amount.show();
  }

  /** Takes the digits of the amount. */
  async write(digits: string): Promise<void> {
    this.forgive();
    await this.amount.write(digits);
  }

  forgive(): void {
    this.problem = null;
  }

  /** Gives back what the button named. Nothing where the till did not begin; `problem` says why. */
  async send(): Promise<PaymentView | null> {
    if (this.sending) return null;
    this.sending = true;
    this.forgive();
    try {
      await this.amount.settle();
      const { terminal, amount, order, reason } = this;
      if (!terminal || amount.problem) return null;
      const terms = { reason, keyed: this.keyed && terminal.returns?.keyed === true };
      const { account, code } = terminal;
      return await call("start_return", { order, digits: amount.digits, account, terminal: code, terms });
    } catch (error) {
      this.problem = (error as ApiError).code;
      return null;
    } finally {
      this.sending = false;
    }
  }
}
