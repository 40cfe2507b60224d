// The state of the window over the real bridge: news out of order, double presses, typing under way.
import { beforeEach, describe, expect, it } from "vitest";
import type { PaymentView } from "../src/bridge";
import { receive } from "../src/state/notices";
import { ShownPayment, payment as shownPayment } from "../src/state/payment.svelte";
import { PracticeTerminal } from "../src/state/practice.svelte";
import { Sale } from "../src/state/sale.svelte";
import { Screen, screen as windowScreen } from "../src/state/screen.svelte";
import { Till } from "../src/state/till.svelte";
import { later, type Webview } from "./double/tauri";
import { rehearse, type Answers } from "./double/till";
import { device, ownOverview, paid, payment, refusal, typed, unknown } from "./double/views";

let answers: Answers;
let webview: Webview;
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  ({ answers, webview } = rehearse());
});

async function openSale(): Promise<{ till: Till; sale: Sale }> {
  const till = new Till();
  await till.refresh();
  return { till, sale: new Sale(till) };
}

describe("the sale", () => {
  it("draws what the till says, never its own sum", async () => {
    const { sale } = await openSale();
    for (const digit of "35050") sale.press(digit);
    await settled();
    expect(sale.typed?.amount.text).toBe("MX$350.50");
    expect(webview.requests("type_amount").at(-1)).toEqual({ digits: "35050", account: "roma" });
  });

  it("drops an amount that is overtaken by a later one", async () => {
    const { sale } = await openSale();
    const first = later<unknown>();
    const second = later<unknown>();
    const waiting = [first, second];
    answers.type_amount = () => waiting.shift()?.promise;
    sale.press("1");
    sale.press("2");
    second.keep(typed("12"));
    await settled();
    first.keep(typed("1"));
    await settled();
    expect(sale.typed?.amount.text).toBe("MX$0.12");
    expect(sale.digits).toBe("12");
  });

  it("loses no digit typed while an amount is on its way", async () => {
    const { sale } = await openSale();
    const slow = later<unknown>();
    answers.type_amount = ({ digits }) => (digits === "0" ? slow.promise : typed(digits));
    sale.press("0");
    sale.press("7");
    slow.keep(typed("0"));
    await settled();
    expect(sale.digits).toBe("7");
  });

  it("keeps what is typed when it is too much, so that it can be deleted again", async () => {
    const { sale } = await openSale();
    for (const digit of "1234567890123") sale.press(digit);
    await settled();
    expect(sale.typed?.problem).toBe("amount_too_large");
    sale.erase();
    await settled();
    expect(sale.digits).toBe("123456789012");
    expect(sale.typed?.problem).toBeNull();
  });

  it("charges what is drawn, on the terminal chosen, under the order shown", async () => {
    const { sale } = await openSale();
    for (const digit of "35050") sale.press(digit);
    sale.chooseNumber(2);
    const view = await sale.charge();
    expect(view?.amount.text).toBe("MX$350.50");
    expect(webview.requests("start_charge")).toEqual([
      { order: "R-20418", digits: "35050", account: "roma", terminal: "TERMINAL-002", link: null, sale: null, card: null },
    ]);
    expect(sale.digits).toBe("");
  });

  it("waits for the figure before it charges", async () => {
    const { sale } = await openSale();
    const slow = later<unknown>();
    answers.type_amount = () => slow.promise;
    sale.press("5");
    const charging = sale.charge();
    await settled();
    expect(webview.requests("start_charge")).toEqual([]);
    slow.keep(typed("5"));
    await charging;
    expect(webview.requests("start_charge").length).toBe(1);
  });

  it("starts once however often Enter is pressed", async () => {
    const { sale } = await openSale();
    sale.press("5");
    const started = later<PaymentView>();
    answers.start_charge = () => started.promise;
    const charges = [sale.charge(), sale.charge(), sale.charge()];
    await settled();
    started.keep(payment());
    const views = await Promise.all(charges);
    expect(webview.requests("start_charge").length).toBe(1);
    expect(views.filter((view) => view !== null).length).toBe(1);
  });

  it("keeps what is typed under way for the next customer", async () => {
    const { sale } = await openSale();
    sale.press("5");
    const started = later<PaymentView>();
    answers.start_charge = () => started.promise;
    const charging = sale.charge();
    await settled();
    sale.press("1");
    sale.press("2");
    sale.press("3");
    sale.erase();
    sale.order = "R-9";
    started.keep(payment());
    await charging;
    await settled();
    expect(sale.digits).toBe("12");
    expect(sale.order).toBe("R-9");
    expect(sale.typed?.amount.text).toBe("MX$0.12");
    expect(webview.requests("start_charge")).toMatchObject([{ digits: "5" }]);
  });

  it("says why nothing was charged, and lets no amount grow behind it", async () => {
    const { sale } = await openSale();
    sale.press("5");
    const started = later<PaymentView>();
    answers.start_charge = () => started.promise;
    const charging = sale.charge();
    await settled();
    sale.press("9");
    started.break(refusal("terminal_replaces", "0193-b"));
    expect(await charging).toBeNull();
    expect(sale.problem).toBe("terminal_replaces");
    expect(sale.problemPayment).toBe("0193-b");
    expect(sale.digits).toBe("5");
    sale.press("0");
    expect(sale.problem).toBeNull();
    expect(sale.problemPayment).toBeNull();
  });

  it("does not ask the till to charge nothing", async () => {
    const { sale } = await openSale();
    await sale.show();
    expect(await sale.charge()).toBeNull();
    expect(sale.problem).toBe("amount_empty");
    expect(webview.requests("start_charge")).toEqual([]);
  });

  it("does not charge over trouble", async () => {
    answers.overview = () => ownOverview({ trouble: "journal_full" });
    const { sale } = await openSale();
    sale.press("5");
    await sale.charge();
    expect(sale.problem).toBe("journal_full");
    expect(webview.requests("start_charge")).toEqual([]);
  });

  it("does not charge a figure that was never drawn, and asks again", async () => {
    const { sale } = await openSale();
    answers.type_amount = () => Promise.reject(refusal("account_unknown"));
    sale.press("5");
    await settled();
    expect(sale.problem).toBe("account_unknown");
    expect(await sale.charge()).toBeNull();
    expect(webview.requests("start_charge")).toEqual([]);
    answers.type_amount = ({ digits }) => typed(digits);
    expect(await sale.charge()).not.toBeNull();
  });

  it("never changes the terminal by itself", async () => {
    const { till, sale } = await openSale();
    sale.chooseNumber(2);
    const busy = ownOverview();
    till.take({ ...busy, terminals: busy.terminals.map((one) => ({ ...one, busy_with: "x" })) });
    expect(sale.terminal?.code).toBe("TERMINAL-002");
  });

  it("asks the amount anew where the account is another", async () => {
    const { sale } = await openSale();
    sale.press("5");
    sale.chooseNumber(3);
    await settled();
    expect(webview.requests("type_amount").at(-1)).toEqual({ digits: "5", account: "practice" });
  });

  it("follows the suggested order until one is written", async () => {
    const { till, sale } = await openSale();
    till.take(ownOverview({ suggested_order: "R-20419" }));
    expect(sale.order).toBe("R-20419");
    sale.order = "TABLE 4";
    till.take(ownOverview({ suggested_order: "R-20420" }));
    expect(sale.order).toBe("TABLE 4");
  });

  it("leaves a suggestion alone that somebody is about to write over", async () => {
    const { till, sale } = await openSale();
    till.take(ownOverview({ suggested_order: "R-20419" }));
    sale.hold();
    till.take(ownOverview({ suggested_order: "L-7" }));
    expect(sale.order).toBe("R-20419");
    sale.release();
    expect(sale.order).toBe("L-7");
  });
});

describe("the payment shown", () => {
  function show(view: PaymentView): { screen: Screen; shown: ShownPayment } {
    const screen = new Screen();
    const shown = new ShownPayment(screen, { again: () => undefined });
    shown.show(view);
    return { screen, shown };
  }

  it("drops older news", () => {
    const { shown } = show(payment({ revision: 5 }));
    shown.accept(paid({ revision: 9 }));
    shown.accept(payment({ revision: 6 }));
    expect(shown.view?.state).toBe("paid");
  });

  it("drops news about another payment", () => {
    const { shown } = show(payment());
    shown.accept(paid({ id: "0193-b", revision: 99 }));
    expect(shown.view?.id).toBe("0193-a");
    expect(shown.view?.state).toBe("waiting");
  });

  it("is not fooled by news that overtakes the answer that made the payment", () => {
    const { shown } = show(payment({ id: "0193-a", revision: 50 }));
    shown.accept(paid({ id: "0193-b", revision: 9 }));
    shown.show(payment({ id: "0193-b", revision: 2 }));
    expect(shown.view?.revision).toBe(9);
  });

  it("shows another payment though its revision is lower", () => {
    const { shown } = show(payment({ revision: 50 }));
    shown.show(payment({ id: "0193-b", revision: 2 }));
    expect(shown.view?.id).toBe("0193-b");
  });

  it("sends a cancel once, and takes the answer", async () => {
    const { shown } = show(payment({ revision: 3 }));
    const answer = later<PaymentView>();
    answers.cancel_payment = () => answer.promise;
    const acts = [shown.act("cancel"), shown.act("cancel")];
    expect(shown.busy).toEqual(["cancel"]);
    answer.keep(payment({ revision: 4, telling: "cancelling", actions: ["ask_now", "next_customer"] }));
    await Promise.all(acts);
    expect(webview.requests("cancel_payment")).toEqual([{ payment: "0193-a" }]);
    expect(shown.view?.telling).toBe("cancelling");
    expect(shown.busy).toEqual([]);
  });

  it("keeps paid when the answer to a cancel is older than the news", async () => {
    const { shown } = show(payment({ revision: 3 }));
    const answer = later<PaymentView>();
    answers.cancel_payment = () => answer.promise;
    const acting = shown.act("cancel");
    shown.accept(paid({ revision: 9, telling: "paid_after_cancel" }));
    answer.keep(payment({ revision: 4, telling: "cancelling" }));
    await acting;
    expect(shown.view?.telling).toBe("paid_after_cancel");
  });

  it("can cancel while it asks", async () => {
    const { shown } = show(unknown());
    answers.ask_now = () => later<PaymentView>().promise;
    answers.cancel_payment = () => unknown({ revision: 4 });
    void shown.act("ask_now");
    await shown.act("cancel");
    expect(webview.requests("cancel_payment").length).toBe(1);
    expect(shown.busy).toEqual(["ask_now"]);
  });

  it("does nothing that the till does not offer", async () => {
    const { shown } = show(paid());
    await shown.act("cancel");
    await shown.act("charge_again");
    expect(webview.asked).toEqual([]);
  });

  it("says why an action did not happen", async () => {
    const { shown } = show(payment());
    answers.cancel_payment = () => Promise.reject(refusal("too_late"));
    await shown.act("cancel");
    expect(shown.problem).toBe("too_late");
    expect(shown.view?.state).toBe("waiting");
  });

  it("charges the same order again by its minor units", async () => {
    const { shown } = show(paid({ state: "declined", telling: "declined", actions: ["next_customer", "charge_again"] }));
    answers.start_charge = () => payment({ id: "0193-b", attempt: 2 });
    await shown.act("charge_again");
    expect(webview.requests("start_charge")).toEqual([
      { order: "R-20418", digits: "35050", account: "roma", terminal: "TERMINAL-001", link: null, sale: null, card: null },
    ]);
    expect(shown.view?.attempt).toBe(2);
  });

  it("leaves for the next customer, and late answers do not bring it back", async () => {
    const { screen, shown } = show(payment());
    const answer = later<PaymentView>();
    answers.cancel_payment = () => answer.promise;
    const acting = shown.act("cancel");
    await shown.act("next_customer");
    answer.keep(paid());
    await acting;
    expect(shown.view).toBeNull();
    expect(screen.name).toBe("charge");
  });

  it("opens the one asked for last", async () => {
    const screen = new Screen();
    const shown = new ShownPayment(screen, { again: () => undefined });
    const slow = later<PaymentView>();
    answers.show_payment = (request) => (request.payment === "a" ? slow.promise : payment({ id: "b" }));
    const first = shown.open("a");
    await shown.open("b");
    slow.keep(payment({ id: "a" }));
    await first;
    expect(shown.view?.id).toBe("b");
  });

  it("says why a payment cannot be opened", async () => {
    const screen = new Screen();
    const shown = new ShownPayment(screen, { again: () => undefined });
    answers.show_payment = () => Promise.reject(refusal("payment_unknown"));
    await shown.open("a");
    expect(screen.problem).toBe("payment_unknown");
    expect(screen.name).toBe("charge");
  });

  it("records what a person saw", async () => {
    const { shown } = show(unknown({ actions: ["witness", "next_customer"] }));
    answers.witness_payment = () => paid({ telling: "paid_by_hand" });
    await shown.witness("paid", "", "");
    expect(webview.requests("witness_payment")).toEqual([{ payment: "0193-a", saw: "paid", receipt: "", checked: "" }]);
    expect(shown.view?.telling).toBe("paid_by_hand");
  });

  it("counts on from what it was told, and stops at the end", () => {
    const { shown } = show(payment({ elapsed_s: 7 }));
    expect(shown.elapsed_s).toBe(7);
    shown.accept(paid({ elapsed_s: 11 }));
    shown.tick();
    expect(shown.elapsed_s).toBe(11);
  });
});

describe("the practice terminal", () => {
  it("shows what was pushed, not the older answer", async () => {
    const terminal = new PracticeTerminal();
    const answer = later<unknown>();
    answers.practice_terminal = () => answer.promise;
    const watching = terminal.watch("PRACTICE-1");
    terminal.push(device({ display: "approved", presses: [] }));
    answer.keep(device({ display: "idle" }));
    await watching;
    expect(terminal.view?.display).toBe("approved");
  });

  it("does not show another terminal's news", async () => {
    const terminal = new PracticeTerminal();
    answers.practice_terminal = () => device();
    await terminal.watch("PRACTICE-1");
    terminal.push(device({ code: "PRACTICE-2", display: "offline" }));
    expect(terminal.view?.display).toBe("present_card");
  });

  it("presses once at a time and says what cannot be pressed", async () => {
    const terminal = new PracticeTerminal();
    answers.practice_terminal = () => device();
    await terminal.watch("PRACTICE-1");
    answers.practice_press = () => Promise.reject(refusal("practice_refused"));
    await Promise.all([terminal.press("tap"), terminal.press("tap")]);
    expect(webview.requests("practice_press")).toEqual([{ terminal: "PRACTICE-1", press: "tap" }]);
    expect(terminal.problem).toBe("practice_refused");
    expect(terminal.pressing).toBe(false);
  });
});

describe("notices", () => {
  it("reach the payment, the screen and the dialogs", () => {
    shownPayment.show(payment({ revision: 1 }));
    receive({ kind: "payment", view: paid({ revision: 2 }) });
    expect(shownPayment.view?.state).toBe("paid");
    receive({ kind: "payment", view: payment({ revision: 1 }) });
    expect(shownPayment.view?.state).toBe("paid");
    windowScreen.ask("keys");
    receive({ kind: "close_asked", open: 2 });
    expect(windowScreen.dialog).toBe("close");
    expect(windowScreen.closingOver).toBe(2);
    windowScreen.ask("keys");
    expect(windowScreen.dialog).toBe("close");
    windowScreen.dismiss();
  });
});

