// The payment on the screen. What its state means, and what can be done, the till decides.
import { call, type ActInput, type Action, type ApiError, type Code, type MoneyView, type PaymentView, type RefundRoute, type Witness } from "../bridge";
import { sale, type Sale } from "./sale.svelte";
import { screen, type Screen } from "./screen.svelte";
import { termsAgain } from "./terms.svelte";
import { warned } from "./warned.svelte";

/** Milliseconds in a second. */
const SECOND_MS = 1000;

/** How many payments the newest word is kept of: more than are ever under way at one till. */
const KEPT = 64;

export class ShownPayment {
  /** As the till told it last. */
  view = $state.raw<PaymentView | null>(null);
  /** Why the last action did not happen. */
  problem = $state<Code | null>(null);
  /** The amount that is being sent in its place. */
  changing = $state.raw<MoneyView | null>(null);
  /** What goes with the problem, where its sentence names it. */
  problemDetail = $state("");
  /** Actions on their way: pressing one twice sends it once. */
  busy = $state.raw<readonly Action[]>([]);

  #now_ms = $state(0);
  #clock_ms = $state(0);
  #toldAt_ms = 0;
  #asked = 0;
  readonly #screen: Screen;
  readonly #sale: Pick<Sale, "again">;
  readonly #newest = new Map<string, PaymentView>();

  constructor(screen: Screen, sale: Pick<Sale, "again">) {
    this.#screen = screen;
    this.#sale = sale;
  }

  /** How many seconds it has been going on: as told, and on by this window's own clock. */
  get elapsed_s(): number {
    const view = this.view;
    if (!view) return 0;
    const since_ms = view.open ? Math.max(0, this.#now_ms - this.#toldAt_ms) : 0;
    return view.elapsed_s + Math.floor(since_ms / SECOND_MS);
  }

  /** How many seconds are left to judge a signature; none where there is none to judge. */
  get decide_s(): number | null {
    const until = this.view?.decide_by;
    if (!until) return null;
    return Math.max(0, Math.ceil((Date.parse(until) - this.#clock_ms) / SECOND_MS));
  }

  /** Lets the time go on. */
  tick(): void {
    this.#now_ms = performance.now();
    this.#clock_ms = Date.now();
  }

  /** Puts a payment on the screen. */
  show(view: PaymentView): void {
    this.#asked += 1;
    this.problem = null;
    this.busy = [];
    if (this.view?.id !== view.id) this.view = null;
    this.accept(view, view.id);
    this.#screen.go("live");
  }

  /** Finds a payment and puts it on the screen. */
  async open(id: string): Promise<void> {
    this.#asked += 1;
    const turn = this.#asked;
    try {
      const view = await call("show_payment", { payment: id });
      // Somebody may have opened another one, or left, while this one was looked up.
      if (turn === this.#asked) this.show(view);
    } catch (error) {
      if (turn === this.#asked) this.#screen.problem = (error as ApiError).code;
    }
  }

  /**
   * Takes news about a payment: dropped where it is older than what is known. News about one that
   * is not shown is kept, as it may overtake the answer to the very request that made the payment.
   */
  accept(view: PaymentView, shown: string | undefined = this.view?.id): void {
    const known = this.#newest.get(view.id);
    const newest = known && known.revision > view.revision ? known : view;
    this.#newest.delete(view.id);
    this.#newest.set(view.id, newest);
    for (const [oldest] of this.#newest) {
      if (this.#newest.size <= KEPT) break;
      this.#newest.delete(oldest);
    }
    if (view.id !== shown || this.view === newest) return;
    this.view = newest;
    this.#toldAt_ms = performance.now();
    this.#now_ms = this.#toldAt_ms;
    this.#clock_ms = Date.now();
  }

  /** Leaves it. An open one stays watched. */
  leave(): void {
    this.#asked += 1;
    this.view = null;
    this.problem = null;
    this.busy = [];
    this.#screen.go("charge");
  }

  /** Does what a button or a key says. */
  async act(action: Action): Promise<void> {
    const view = this.view;
    if (!view || !view.actions.includes(action)) return;
    switch (action) {
      case "next_customer":
        this.leave();
        return;
      case "witness":
        this.#screen.ask("witness");
        return;
      case "cancel":
        await this.#send(action, view, () => call("cancel_payment", { payment: view.id }));
        return;
      case "ask_now":
        await this.#send(action, view, () => call("ask_now", { payment: view.id }));
        return;
      case "charge_again":
        if (view.channel === "terminal") await this.#chargeAgain(view);
        else this.#lookOver(view);
        return;
      case "return_again":
        await this.#returnAgain(view);
        return;
      case "refund":
      case "reverse":
      case "receipts":
        this.#screen.ask(action);
        return;
      case "try_again":
      case "capture":
        await this.#ask(action, view, { kind: action });
        return;
      case "accept_signature":
      case "reject_signature":
        await this.#ask(action, view, { kind: "sign", accepted: action === "accept_signature" });
        return;
    }
  }

  /** Gives money back of a payment: what the question named, and nothing else. */
  async refund(view: PaymentView, digits: string, route: RefundRoute): Promise<void> {
    await this.#ask("refund", view, { kind: "refund", digits, route });
  }

  /** Undoes the whole of a payment. */
  async reverse(view: PaymentView): Promise<void> {
    await this.#ask("reverse", view, { kind: "reverse" });
  }

  /** Another amount for the same order: the till withdraws this payment and sends the new one once that is proved. */
  async changeAmount(view: PaymentView, digits: string, amount: MoneyView): Promise<void> {
    if (this.changing) return;
    this.changing = amount;
    this.problem = null;
    try {
      const send = (past: readonly string[]) => call("change_amount", { payment: view.id, digits, past: [...past] });
      const answer = await warned.send({ order: view.order, amount }, send);
      // Whoever left meanwhile finds it among the open ones.
      if (this.view?.id === view.id) this.show(answer);
    } catch (error) {
      if (this.view?.id === view.id) this.problem = (error as ApiError).code;
    } finally {
      this.changing = null;
    }
  }

  /** Records what a person saw on the terminal. */
  async witness(saw: Witness, receipt: string, checked: string): Promise<void> {
    const view = this.view;
    if (!view) return;
    await this.#send("witness", view, () => call("witness_payment", { payment: view.id, saw, receipt, checked }));
  }

  async #ask(action: Action, view: PaymentView, act: ActInput): Promise<void> {
    await this.#send(action, view, () => call("act_payment", { payment: view.id, act }));
  }

  /** A link may need another life, a card on file another card: looked over before it is sent. */
  #lookOver(view: PaymentView): void {
    this.#sale.again(view);
    this.leave();
  }

  async #chargeAgain(view: PaymentView): Promise<void> {
    // The minor units of an amount are the digits one would type for it.
    const digits = String(view.amount.minor);
    const { order, account, terminal } = view;
    const sale = termsAgain(view.sale);
    const request = { order, digits, account, terminal, link: null, sale, card: null };
    const send = () => warned.charge(request, view.amount);
    await this.#send("charge_again", view, send, (again) => this.show(again));
  }

  /** The same money to another card, for the reason that was given. */
  async #returnAgain(view: PaymentView): Promise<void> {
    const { order, account, terminal, gives_back: terms } = view;
    if (!terms) return;
    const digits = String(view.amount.minor);
    const send = () => call("start_return", { order, digits, account, terminal, terms: { ...terms } });
    await this.#send("return_again", view, send, (again) => this.show(again));
  }

  async #send(
    action: Action,
    view: PaymentView,
    send: () => Promise<PaymentView>,
    then: (answer: PaymentView) => void = (answer) => this.accept(answer),
  ): Promise<void> {
    if (this.busy.includes(action)) return;
    this.busy = [...this.busy, action];
    this.problem = null;
    try {
      const answer = await send();
      if (this.view?.id === view.id) then(answer);
    } catch (error) {
      if (this.view?.id === view.id) {
        const { code, detail } = error as ApiError;
        this.problem = code;
        this.problemDetail = detail ?? "";
      }
    } finally {
      if (this.view?.id === view.id) this.busy = this.busy.filter((one) => one !== action);
    }
  }
}

export const payment = new ShownPayment(screen, sale);
