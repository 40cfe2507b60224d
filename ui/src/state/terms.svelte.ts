// What a sale on a card machine has beside its amount, as it is being written. The till checks it;
// here it is only known which field a refusal is about.
import type { Code, ItemLineInput, ModifierInput, SaleInput, SaleTermsView } from "../bridge";
import { TypedMoney } from "./typed.svelte";

/** The till's own limits (`SaleInput`, `ItemLineInput` of its bridge); it checks them again. */
export const LINES_LIMIT = 100;
export const MODIFIERS_LIMIT = 20;

/** A whole number that fits what the bridge takes. Anything else goes as 0, which is refused. */
const QUANTITY = /^\s*\d{1,6}\s*$/;

const quantityOf = (text: string) => (QUANTITY.test(text) ? Number(text) : 0);

/** The first field without what it needs: its name, a number, an amount. */
function missingOf(one: { name: string; quantity: string }, money: TypedMoney): "name" | "quantity" | "total" | null {
  if (one.name.trim() === "") return "name";
  if (quantityOf(one.quantity) === 0) return "quantity";
  return money.digits === "" ? "total" : null;
}

/** What is added to one thing of a line, or taken off, as it is being written. */
export class ModifierForm {
  name = $state("");
  quantity = $state("1");
  /** Taken off and not added. */
  discount = $state(false);
  readonly amount: TypedMoney;

  constructor(account: () => string | undefined) {
    this.amount = new TypedMoney(account);
  }

  /** As it is sent. */
  get input(): ModifierInput {
    return { name: this.name, quantity: quantityOf(this.quantity), digits: this.amount.digits, discount: this.discount };
  }
}

/** Something that is sold, as it is being written. */
export class LineForm {
  name = $state("");
  quantity = $state("1");
  modifiers = $state.raw<readonly ModifierForm[]>([]);
  readonly total: TypedMoney;
  readonly #account: () => string | undefined;

  constructor(account: () => string | undefined) {
    this.#account = account;
    this.total = new TypedMoney(account);
  }

  /** Adds an empty modifier. */
  addModifier(): void {
    if (this.modifiers.length >= MODIFIERS_LIMIT) return;
    const modifier = new ModifierForm(this.#account);
    this.modifiers = [...this.modifiers, modifier];
    void modifier.amount.show();
  }

  /** Takes a modifier away. */
  removeModifier(modifier: ModifierForm): void {
    this.modifiers = this.modifiers.filter((one) => one !== modifier);
  }

  /** As it is sent. */
  get input(): ItemLineInput {
    const modifiers = this.modifiers.map((modifier) => modifier.input);
    return { name: this.name, quantity: quantityOf(this.quantity), digits: this.total.digits, modifiers };
  }

  /** Its amounts. */
  get amounts(): readonly TypedMoney[] {
    return [this.total, ...this.modifiers.map((modifier) => modifier.amount)];
  }

  /** The field the till would refuse, by its name in the line; none where it has all it needs. */
  get missing(): string | null {
    const missing = missingOf(this, this.total);
    if (missing !== null) return missing;
    for (const [index, modifier] of this.modifiers.entries()) {
      const field = missingOf(modifier, modifier.amount);
      if (field !== null) return `modifier-${index}-${field}`;
    }
    return null;
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
    await Promise.all(this.#amounts.map((one) => one.settle()));
  }

  /** What is wrong with one of its amounts. */
  get amountProblem(): Code | null {
    return this.#amounts.find((one) => one.problem !== null)?.problem ?? null;
  }

  get #amounts(): readonly TypedMoney[] {
    return [this.tip, this.service, ...this.lines.flatMap((line) => line.amounts)];
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
    lines: terms.lines.map(({ name, quantity, total, modifiers }) => ({
      name,
      quantity,
      digits: digitsOf(total),
      modifiers: modifiers.map(({ amount, ...modifier }) => ({ ...modifier, digits: digitsOf(amount) })),
    })),
  };
}
