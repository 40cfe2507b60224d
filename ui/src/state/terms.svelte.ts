// What a sale on a card machine has beside its amount, as it is being written. The till checks it;
// here it is only known which field a refusal is about.
import type { Code, ItemLineInput, SaleInput, SaleTermsView } from "../bridge";
import { TypedMoney } from "./typed.svelte";

/** The till's own limit (`SaleInput` of its bridge); it checks it again. */
export const LINES_LIMIT = 100;

/** A whole number that fits what the bridge takes. Anything else goes as 0, which is refused. */
const QUANTITY = /^\s*\d{1,6}\s*$/;

const quantityOf = (text: string) => (QUANTITY.test(text) ? Number(text) : 0);

/** Something that is sold, as it is being written. */
export class LineForm {
  name = $state("");
  quantity = $state("1");
  readonly total: TypedMoney;

  constructor(account: () => string | undefined) {
    this.total = new TypedMoney(account);
  }

  /** As it is sent. */
  get input(): ItemLineInput {
    return { name: this.name, quantity: quantityOf(this.quantity), digits: this.total.digits };
  }

  /** The field the till would refuse; none where it has all it needs. */
  get missing(): "name" | "quantity" | "total" | null {
    if (this.name.trim() === "") return "name";
    if (quantityOf(this.quantity) === 0) return "quantity";
    return this.total.digits === "" ? "total" : null;
  }
}

export class TermsForm {
  /** Somebody wants to see it. */
  open = $state(false);
  keyed = $state(false);
  hold = $state(false);
  lines = $state.raw<readonly LineForm[]>([]);
  /** What the till refused. */
  problem = $state<Code | null>(null);
  readonly tip: TypedMoney;
  readonly service: TypedMoney;
  readonly #account: () => string | undefined;

  constructor(account: () => string | undefined) {
    this.#account = account;
    this.tip = new TypedMoney(account);
    this.service = new TypedMoney(account);
  }

  /** Shows or hides it. What was written stays, and stays in sight as words. */
  toggle(): void {
    this.open = !this.open;
    if (!this.open) return;
    void this.tip.show();
    void this.service.show();
  }

  /** Adds an empty line. */
  addLine(): void {
    if (this.lines.length >= LINES_LIMIT) return;
    const line = new LineForm(this.#account);
    this.lines = [...this.lines, line];
    void line.total.show();
  }

  /** Takes a line away. */
  removeLine(line: LineForm): void {
    this.lines = this.lines.filter((one) => one !== line);
    this.problem = null;
  }

  /** As it is sent; none where nothing was added. All of it: what is not offered the till refuses. */
  get input(): SaleInput | null {
    const { keyed, hold, tip, service, lines } = this;
    const isPlain = !keyed && !hold && tip.digits === "" && service.digits === "" && lines.length === 0;
    if (isPlain) return null;
    return {
      keyed,
      hold,
      tip_digits: tip.digits,
      service_charge_digits: service.digits,
      lines: lines.map((line) => line.input),
    };
  }

  /** What comes on top of the amount, as the till has drawn it. */
  get onTop(): { tip: string | null; service: string | null } {
    const textOf = (money: TypedMoney) => (money.digits === "" ? null : (money.amount?.text ?? null));
    return { tip: textOf(this.tip), service: textOf(this.service) };
  }

  /** Waits until every amount drawn is the one typed. */
  async settle(): Promise<void> {
    await Promise.all([this.tip, this.service, ...this.lines.map((line) => line.total)].map((one) => one.settle()));
  }

  /** What is wrong with one of its amounts. */
  get amountProblem(): Code | null {
    const amounts = [this.tip, this.service, ...this.lines.map((line) => line.total)];
    return amounts.find((one) => one.problem !== null)?.problem ?? null;
  }

  /** Forgets all of it: nobody pays the tip of the customer before. */
  clear(): void {
    this.open = false;
    this.keyed = false;
    this.hold = false;
    this.lines = [];
    this.problem = null;
    this.tip.clear();
    this.service.clear();
  }

  /** Puts a refusal where it belongs. */
  blame(code: Code): void {
    if (code !== "item_invalid") return;
    this.problem = code;
    this.open = true;
  }
}

/** The digits one would type for an amount: its minor units. */
const digitsOf = (money: { minor: number } | null) => (money === null ? "" : String(money.minor));

/** A sale's terms as they were sent, to be sent again. */
export function termsAgain(terms: SaleTermsView | null): SaleInput | null {
  if (terms === null) return null;
  return {
    keyed: terms.keyed,
    hold: terms.hold,
    tip_digits: digitsOf(terms.tip),
    service_charge_digits: digitsOf(terms.service_charge),
    lines: terms.lines.map(({ name, quantity, total }) => ({ name, quantity, digits: digitsOf(total) })),
  };
}
