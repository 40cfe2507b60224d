// The state of the window over the real bridge: news out of order, double presses, typing under way.
import { beforeEach, describe, expect, it } from "vitest";
import type { Commands, PaymentView } from "../src/bridge";
import { receive } from "../src/state/notices";
import { ShownPayment, payment as shownPayment } from "../src/state/payment.svelte";
import { PaymentList } from "../src/state/payments.svelte";
import { PracticeTerminal } from "../src/state/practice.svelte";
import { Sale } from "../src/state/sale.svelte";
import { Screen, screen as windowScreen } from "../src/state/screen.svelte";
import { fieldOf, Settings } from "../src/state/settings.svelte";
import { Till } from "../src/state/till.svelte";
import { later, Webview } from "./double/tauri";
import { device, overview, ownOverview, paid, payment, pesos, refusal, ROMA, row, typed, unknown } from "./double/views";

type Answers = { [Name in keyof Commands]?: (request: Commands[Name]["request"]) => unknown };

let answers: Answers;
let webview: Webview;
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  answers = {
    overview: () => ownOverview(),
    type_amount: ({ digits }) => typed(digits),
    start_charge: ({ order, digits }) => payment({ order, amount: pesos(digits) }),
  };
  webview = new Webview((command, request) => {
    const answer = answers[command as keyof Commands] as ((request: unknown) => unknown) | undefined;
    if (!answer) throw refusal("bad_request");
    return answer(request);
  }).install();
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
      { order: "R-20418", digits: "35050", account: "roma", terminal: "TERMINAL-002" },
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
    started.break(refusal("terminal_busy", "0193-b"));
    expect(await charging).toBeNull();
    expect(sale.problem).toBe("terminal_busy");
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
});

describe("the payment shown", () => {
  function show(view: PaymentView): { screen: Screen; shown: ShownPayment } {
    const screen = new Screen();
    const shown = new ShownPayment(screen);
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
      { order: "R-20418", digits: "35050", account: "roma", terminal: "TERMINAL-001" },
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
    const shown = new ShownPayment(screen);
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
    const shown = new ShownPayment(screen);
    answers.show_payment = () => Promise.reject(refusal("payment_unknown"));
    await shown.open("a");
    expect(screen.problem).toBe("payment_unknown");
    expect(screen.name).toBe("charge");
  });

  it("records what a person saw", async () => {
    const { shown } = show(unknown({ actions: ["witness", "next_customer"] }));
    answers.witness_payment = () => paid({ telling: "paid_by_hand" });
    await shown.witness("paid");
    expect(webview.requests("witness_payment")).toEqual([{ payment: "0193-a", saw: "paid" }]);
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

describe("the till", () => {
  it("asks again where an overview was pushed meanwhile", async () => {
    const till = new Till();
    let asked = 0;
    answers.overview = () => {
      asked += 1;
      if (asked === 1) till.take(ownOverview({ suggested_order: "R-2" }));
      return ownOverview({ suggested_order: asked === 1 ? "R-1" : "R-3" });
    };
    await till.refresh();
    expect(till.overview?.suggested_order).toBe("R-3");
  });

  it("remembers what the keychain said when it is not asked", async () => {
    const till = new Till();
    await till.refresh();
    till.take(ownOverview({ accounts: [{ ...ROMA, has_key: null }] }));
    expect(till.overview?.accounts[0]?.has_key).toBe(true);
    answers.overview = () => ownOverview({ accounts: [{ ...ROMA, has_key: null }] });
    await till.refresh();
    expect(till.overview?.accounts[0]?.has_key).toBeNull();
  });

  it("says why it cannot open, and opens later", async () => {
    const till = new Till();
    answers.overview = () => Promise.reject(refusal("journal_in_use"));
    await till.open();
    expect(till.fault).toBe("journal_in_use");
    answers.overview = () => ownOverview();
    await till.open();
    expect(till.fault).toBeNull();
    expect(till.overview).not.toBeNull();
  });

  it.each([
    ["a fresh machine", { cashier: "" }, 0, true],
    ["somebody named", { cashier: "Ana" }, 0, false],
    ["something charged", { cashier: "" }, 1, false],
    ["an account of its own", { cashier: "", only_practice: false }, 0, false],
  ])("welcomes: %s", async (_, more, rows, welcomed) => {
    const till = new Till();
    answers.overview = () => overview(more);
    answers.list_payments = () => ({ rows: Array.from({ length: rows }, () => row(paid())), next: null });
    await till.open();
    expect(till.isFirstRun).toBe(welcomed);
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

describe("the list of payments", () => {
  const page = (ids: string[], next: string | null) => ({ rows: ids.map((id) => row(payment({ id }))), next });

  it("goes on from the page before, once at a time", async () => {
    const list = new PaymentList();
    answers.list_payments = ({ before }) => (before === null ? page(["a", "b"], "b") : page(["c"], null));
    await list.reload();
    await Promise.all([list.loadMore(), list.loadMore()]);
    expect(list.rows.map((one) => one.id)).toEqual(["a", "b", "c"]);
    expect(list.more).toBe(false);
    expect(webview.requests("list_payments")).toEqual([
      { filter: "all", search: "", before: null },
      { filter: "all", search: "", before: "b" },
    ]);
  });

  it("drops the answer to an earlier search", async () => {
    const list = new PaymentList();
    const slow = later<unknown>();
    answers.list_payments = ({ search }) => (search === "R" ? slow.promise : page(["b"], null));
    const first = list.find("R");
    await list.find("R-2");
    slow.keep(page(["a"], null));
    await first;
    expect(list.rows.map((one) => one.id)).toEqual(["b"]);
  });

  it("keeps the pages read when it is refreshed", async () => {
    const list = new PaymentList();
    answers.list_payments = ({ before }) => (before === null ? page(["a", "b"], "b") : page(["c"], "c"));
    await list.reload();
    await list.loadMore();
    answers.list_payments = () => page(["new", "a"], "a");
    await list.refresh();
    expect(list.rows.map((one) => one.id)).toEqual(["new", "a", "b", "c"]);
    answers.list_payments = ({ before }) => page([`after ${before}`], null);
    await list.loadMore();
    expect(list.rows.at(-1)?.id).toBe("after c");
  });
});

describe("settings", () => {
  async function open(): Promise<{ till: Till; settings: Settings }> {
    const till = new Till();
    await till.refresh();
    return { till, settings: new Settings(till) };
  }

  it("sends a key once and forgets it, whatever the answer", async () => {
    const { settings } = await open();
    settings.begin();
    const draft = settings.draft;
    if (!draft) throw new Error("there is no draft");
    Object.assign(draft, { name: "Roma", key: "hush" });
    settings.touch();
    answers.save_account = () => Promise.reject(refusal("keychain_locked"));
    expect(await settings.save()).toBe(false);
    expect(settings.problem).toEqual({ code: "keychain_locked", field: "key" });
    expect(settings.draft?.key).toBe("");
    answers.save_account = () => ROMA;
    expect(await settings.save()).toBe(true);
    expect(webview.requests("save_account")).toMatchObject([{ key: "hush" }, { key: null }]);
  });

  it("saves before it tests what is not saved", async () => {
    const { settings } = await open();
    settings.begin();
    answers.save_account = () => ROMA;
    answers.test_account = () => ({ ok: true, problem: null, took_ms: 84 });
    await settings.test();
    expect(webview.requests("test_account")).toEqual([{ account: "roma" }]);
    await settings.test();
    expect(webview.requests("save_account").length).toBe(1);
    expect(settings.result?.ok).toBe(true);
  });

  it("does not test what could not be saved", async () => {
    const { settings } = await open();
    settings.begin();
    answers.save_account = () => Promise.reject(refusal("address_not_secure"));
    await settings.test();
    expect(webview.requests("test_account")).toEqual([]);
    expect(settings.problem?.field).toBe("base_url");
  });

  it("keeps what is written while it saves", async () => {
    const { settings } = await open();
    settings.edit(ROMA);
    const answer = later<unknown>();
    answers.save_account = () => answer.promise;
    const saving = settings.save();
    if (settings.draft) settings.draft.name = "Roma Sur";
    settings.touch();
    answer.keep(ROMA);
    await saving;
    expect(settings.draft?.name).toBe("Roma Sur");
    expect(settings.changed).toBe(true);
    expect(settings.saved).toBe(false);
  });

  it("removes an account and closes its form", async () => {
    const { till, settings } = await open();
    settings.edit(ROMA);
    answers.remove_account = () => overview();
    await settings.remove();
    expect(settings.draft).toBeNull();
    expect(till.overview?.accounts.length).toBe(1);
  });

  it("puts a problem beside its field", () => {
    const draft = { account: null, name: "Roma", base_url: "", key: "", terminals: [{ code: "", label: "" }] };
    expect(fieldOf("name_empty", { ...draft, name: " " })).toBe("name");
    expect(fieldOf("name_empty", draft)).toBe("terminals");
    expect(fieldOf("name_bad_characters", { ...draft, terminals: [{ code: "T 1", label: "" }] })).toBe("terminals");
    expect(fieldOf("name_bad_characters", { ...draft, terminals: [{ code: "T1", label: "" }] })).toBe("name");
    expect(fieldOf("terminal_twice", draft)).toBe("terminals");
    expect(fieldOf("address_too_much", draft)).toBe("base_url");
    expect(fieldOf("journal_full", draft)).toBe("form");
  });
});
