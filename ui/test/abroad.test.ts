// What is logic of listed card machines, sale terms, cards on file, acts, leftovers and receipts.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { AccountView, PaymentView, SlipLine } from "../src/bridge";
import { CardForm } from "../src/state/card.svelte";
import { Leftovers } from "../src/state/leftovers.svelte";
import { Machines, MachineWatch } from "../src/state/machines.svelte";
import { ShownPayment } from "../src/state/payment.svelte";
import { Receipts } from "../src/state/receipts.svelte";
import { Sale } from "../src/state/sale.svelte";
import { Screen } from "../src/state/screen.svelte";
import { fieldOf, Settings } from "../src/state/settings.svelte";
import { TermsForm, termsAgain } from "../src/state/terms.svelte";
import { Till } from "../src/state/till.svelte";
import { TypedMoney } from "../src/state/typed.svelte";
import { tell, tellAct, tellLine, tellPrompt } from "../src/text/telling";
import { speech } from "../src/text/speak.svelte";
import { later, type Webview } from "./double/tauri";
import { rehearse, type Answers } from "./double/till";
import { abroad, FILED, filed, line, LONDON, london, londonPaid, payment, pesos, pounds, refusal, ROMA, typed } from "./double/views";

let answers: Answers;
let webview: Webview;

beforeEach(() => {
  speech.tongue = "en";
  ({ answers, webview } = rehearse());
  answers.overview = () => abroad();
  answers.type_amount = ({ digits, account }) => typed(digits, account === "london" ? pounds : pesos);
});

const [MACHINE] = LONDON.terminals;
const [CARD] = FILED.terminals;

async function openSale(way = MACHINE): Promise<Sale> {
  const till = new Till();
  await till.refresh();
  const sale = new Sale(till);
  if (!way) throw new Error("the account has no way to pay");
  sale.choose(way);
  sale.press("35050");
  await vi.waitFor(() => expect(sale.typed?.digits).toBe("35050"));
  return sale;
}

describe("an amount beside the sale's", () => {
  it("is what the till makes of its digits, by the account's currency", async () => {
    const money = new TypedMoney(() => "london");
    await money.write("00500");
    expect(money.digits).toBe("500");
    expect(money.amount?.text).toBe("£5.00");
    expect(webview.requests("type_amount")).toEqual([{ digits: "500", account: "london" }]);
    await money.write("");
    expect(money.amount?.text).toBe("£0.00");
    expect(money.problem).toBeNull();
  });

  it("is never an older answer over newer digits", async () => {
    const first = later<unknown>();
    answers.type_amount = ({ digits }) => (digits === "5" ? first.promise : typed(digits, pounds));
    const money = new TypedMoney(() => "london");
    void money.write("5");
    await money.write("50");
    first.keep(typed("5", pounds));
    await Promise.resolve();
    expect(money.amount?.text).toBe("£0.50");
  });

  it("says what is wrong with it", async () => {
    const money = new TypedMoney(() => "london");
    await money.write("1234567890123");
    expect(money.problem).toBe("amount_too_large");
    answers.type_amount = () => Promise.reject(refusal("account_unknown"));
    await money.write("5");
    expect(money.problem).toBe("account_unknown");
  });
});

describe("the terms of a sale", () => {
  it("are none until something is added", async () => {
    const terms = new TermsForm(() => "london");
    terms.toggle();
    await terms.settle();
    expect(terms.input).toBeNull();
    await terms.tip.write("000");
    expect(terms.input).toBeNull();
    terms.keyed = true;
    expect(terms.input).toEqual({ keyed: true, hold: false, tip_digits: "", service_charge_digits: "", lines: [] });
  });

  it("go with the sale, and are forgotten for the next customer", async () => {
    answers.start_charge = () => london();
    const sale = await openSale();
    sale.terms.hold = true;
    await sale.terms.tip.write("500");
    sale.terms.addLine();
    const [item] = sale.terms.lines;
    if (!item) throw new Error("no line was added");
    item.name = "Lunch";
    item.quantity = "2";
    await item.total.write("35050");
    expect(await sale.charge()).not.toBeNull();
    expect(webview.requests("start_charge")).toEqual([
      {
        order: "R-20418",
        digits: "35050",
        account: "london",
        terminal: "tm_sandbox_1",
        link: null,
        card: null,
        sale: { keyed: false, hold: true, tip_digits: "500", service_charge_digits: "", lines: [{ name: "Lunch", quantity: 2, digits: "35050", modifiers: [] }] },
      },
    ]);
    expect(sale.terms.input).toBeNull();
    expect(sale.terms.open).toBe(false);
  });

  it("are forgotten with another account and with Esc, and kept on another machine of the same", async () => {
    const sale = await openSale();
    sale.terms.hold = true;
    const other = LONDON.terminals[1];
    if (!other || !CARD) throw new Error("the accounts have too little");
    sale.choose(other);
    expect(sale.terms.hold).toBe(true);
    sale.choose(CARD);
    expect(sale.terms.hold).toBe(false);
    sale.choose(other);
    sale.terms.keyed = true;
    sale.clear();
    expect(sale.terms.input).toBeNull();
  });

  it("are not charged while one of their amounts is wrong", async () => {
    const sale = await openSale();
    await sale.terms.service.write("1234567890123");
    expect(await sale.charge()).toBeNull();
    expect(sale.problem).toBe("amount_too_large");
    expect(webview.requests("start_charge")).toEqual([]);
  });

  it("wait for the amount that is on its way: what is charged was drawn", async () => {
    answers.start_charge = () => london();
    const sale = await openSale();
    const slow = later<unknown>();
    answers.type_amount = () => slow.promise;
    void sale.terms.tip.write("5");
    const charging = sale.charge();
    await Promise.resolve();
    expect(webview.requests("start_charge")).toEqual([]);
    slow.keep(typed("5", pounds));
    await charging;
    expect(webview.requests("start_charge")).toMatchObject([{ sale: { tip_digits: "5" } }]);
  });

  it.each([
    ["", "1", "700", "name"],
    ["Tea", "0", "700", "quantity"],
    ["Tea", "two", "700", "quantity"],
    ["Tea", "1", "", "total"],
    ["Tea", "1", "700", null],
  ] as const)("know which field of a line is missing: %s, %s, %s", async (name, quantity, digits, missing) => {
    const terms = new TermsForm(() => "london");
    terms.addLine();
    const [item] = terms.lines;
    if (!item) throw new Error("no line was added");
    item.name = name;
    item.quantity = quantity;
    await item.total.write(digits);
    expect(item.missing).toBe(missing);
  });

  it("show themselves when a line is refused", async () => {
    answers.start_charge = () => Promise.reject(refusal("item_invalid"));
    const sale = await openSale();
    sale.terms.addLine();
    await sale.charge();
    expect(sale.terms.problem).toBe("item_invalid");
    expect(sale.terms.open).toBe(true);
    sale.touch();
    expect(sale.terms.problem).toBeNull();
  });

  it("are sent again as they were", () => {
    expect(termsAgain(null)).toBeNull();
    const modifiers = [{ name: "Student", quantity: 1, amount: pounds("100"), discount: true }];
    const lines = [{ name: "Lunch", quantity: 2, total: pounds("35050"), modifiers }];
    expect(termsAgain({ keyed: true, hold: false, tip: pounds("500"), service_charge: null, lines })).toEqual({
      keyed: true,
      hold: false,
      tip_digits: "500",
      service_charge_digits: "",
      lines: [
        { name: "Lunch", quantity: 2, digits: "35050", modifiers: [{ name: "Student", quantity: 1, digits: "100", discount: true }] },
      ],
    });
  });
});

describe("a card on file", () => {
  it("is charged by its name, and forgotten then", async () => {
    answers.start_charge = () => filed();
    const sale = await openSale(CARD);
    sale.card.name = "pm_card_visa";
    sale.card.hold = true;
    expect(await sale.charge()).not.toBeNull();
    const card = { card: "pm_card_visa", description: "Subscriptions, order R-20418", hold: true };
    expect(webview.requests("start_charge")).toMatchObject([{ account: "filed", terminal: "", link: null, sale: null, card }]);
    expect(sale.card.name).toBe("");
    expect(sale.card.hold).toBe(false);
  });

  it.each([
    ["card_invalid", "name"],
    ["link_description", "description"],
    ["no_connection", null],
  ] as const)("knows the field of a refusal: %s", (code, field) => {
    const card = new CardForm(() => "");
    card.blame(code);
    expect(card.problem).toBe(field);
  });

  it("that was not charged is looked over before it is tried anew", async () => {
    const till = new Till();
    await till.refresh();
    const sale = new Sale(till);
    const shown = new ShownPayment(new Screen(), sale);
    shown.show(filed({ actions: ["next_customer", "charge_again"], open: false }));
    await shown.act("charge_again");
    expect(webview.requests("start_charge")).toEqual([]);
    // All that was written for it, not only which card.
    expect(sale.card.input).toEqual({ card: "pm_card_visa", description: "Subscription, March", hold: true });
    expect(sale.digits).toBe("35050");
  });
});

describe("the states of card machines", () => {
  const watch = (accounts: AccountView[]) => new MachineWatch({ overview: abroad({ accounts }) });

  it("are asked of accounts that list them, and of no others", async () => {
    answers.account_terminals = () => ({ terminals: [] });
    const bare = { ...LONDON, id: "bare", terminals: [] };
    const keyless = { ...LONDON, id: "keyless", has_key: false };
    await watch([LONDON, ROMA, FILED, bare, keyless]).look();
    expect(webview.requests("account_terminals")).toEqual([{ account: "london" }]);
  });

  it("are asked again while somebody may charge, and not twice at once", async () => {
    vi.useFakeTimers();
    const slow = later<unknown>();
    answers.account_terminals = () => slow.promise;
    const stop = watch([LONDON]).run();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(webview.requests("account_terminals").length).toBe(1);
    slow.break(refusal("provider_silent"));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(webview.requests("account_terminals").length).toBe(2);
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(webview.requests("account_terminals").length).toBe(2);
    vi.useRealTimers();
  });
});

describe("choosing card machines", () => {
  const SEEN = [
    { code: "tm_1", label: "Front", state: "available", is_chosen: true },
    { code: "tm_2", label: "Bar", state: "offline", is_chosen: false },
  ] as const;

  it("keeps one that is used and no longer listed in sight", async () => {
    answers.account_terminals = () => ({ terminals: SEEN });
    const machines = new Machines();
    await machines.load("london");
    const among = machines.among([{ code: "tm_9", label: "Old" }, { code: "tm_1", label: "Till" }]);
    expect(among.map(({ code, state }) => [code, state])).toEqual([["tm_1", "available"], ["tm_2", "offline"], ["tm_9", null]]);
  });

  it("says why there is no list, and forgets another account's", async () => {
    const machines = new Machines();
    answers.account_terminals = ({ account }) => (account === "london" ? { terminals: SEEN } : Promise.reject(refusal("key_refused")));
    await machines.load("london");
    await machines.load("paris");
    expect(machines.seen).toBeNull();
    expect(machines.problem).toBe("key_refused");
    expect(machines.loading).toBe(false);
  });

  it("drops the answer about an account that was left", async () => {
    const slow = later<unknown>();
    answers.account_terminals = ({ account }) => (account === "london" ? slow.promise : { terminals: [] });
    const machines = new Machines();
    const first = machines.load("london");
    await machines.load("paris");
    slow.keep({ terminals: SEEN });
    await first;
    expect(machines.seen).toEqual([]);
  });

  it("writes them into the account, to be saved", async () => {
    answers.save_account = () => LONDON;
    const till = new Till();
    await till.refresh();
    const settings = new Settings(till);
    settings.edit({ ...LONDON, terminals: [] });
    settings.useMachine("tm_1", "Front", true);
    settings.useMachine("tm_2", "Bar", true);
    settings.useMachine("tm_1", "Front", false);
    expect(settings.changed).toBe(true);
    await settings.save();
    expect(webview.requests("save_account")).toMatchObject([{ account: "london", terminals: [{ code: "tm_2", label: "Bar" }], settings: { currency: "GBP" } }]);
  });
});

describe("an account abroad", () => {
  async function begin(system: "dojo" | "lean_rails"): Promise<Settings> {
    const till = new Till();
    await till.refresh();
    const settings = new Settings(till);
    settings.beginOf(system);
    return settings;
  }

  it("begins with its system's address and usual currency, and no typed terminal", async () => {
    const { draft } = await begin("dojo");
    expect(draft).toMatchObject({ base_url: "https://api.dojo.tech", terminals: [], settings: { currency: "GBP", reseller_id: "", generation: null } });
  });

  it("takes the address of its API along, unless somebody wrote one", async () => {
    const settings = await begin("lean_rails");
    settings.chooseGeneration("form");
    expect(settings.draft).toMatchObject({ base_url: "https://api.fluveo.dev/v1", settings: { generation: "form" } });
    if (settings.draft) settings.draft.base_url = "https://till.example/v1";
    settings.chooseGeneration("json");
    expect(settings.draft).toMatchObject({ base_url: "https://till.example/v1", settings: { generation: "json" } });
  });

  it("has a field for what is refused", async () => {
    const { draft } = await begin("dojo");
    if (!draft) throw new Error("nothing is being written");
    const named = { ...draft, name: "London" };
    expect(fieldOf("currency_invalid", named, [])).toBe("currency");
    expect(fieldOf("name_bad_characters", { ...named, settings: { ...named.settings, reseller_id: "two words" } }, [])).toBe("reseller_id");
    expect(fieldOf("name_bad_characters", named, [])).toBe("name");
    expect(fieldOf("name_empty", draft, [])).toBe("name");
  });
});

describe("an act", () => {
  function show(view: PaymentView): { shown: ShownPayment; screen: Screen } {
    const screen = new Screen();
    const shown = new ShownPayment(screen, { again: () => undefined });
    shown.show(view);
    return { shown, screen };
  }

  it.each([
    ["try_again", { kind: "try_again" }],
    ["capture", { kind: "capture" }],
    ["accept_signature", { kind: "sign", accepted: true }],
    ["reject_signature", { kind: "sign", accepted: false }],
  ] as const)("is asked of the till: %s", async (action, act) => {
    answers.act_payment = () => london({ revision: 4 });
    const { shown } = show(london({ actions: [action] }));
    await shown.act(action);
    expect(webview.requests("act_payment")).toEqual([{ payment: "0193-d", act }]);
    expect(shown.view?.revision).toBe(4);
  });

  it.each(["refund", "reverse", "receipts"] as const)("that is looked at first opens its dialog: %s", async (action) => {
    const { shown, screen } = show(londonPaid());
    await shown.act(action);
    expect(screen.dialog).toBe(action);
    expect(webview.requests("act_payment")).toEqual([]);
  });

  it("that is not offered is not asked for", async () => {
    const { shown } = show(london());
    await shown.act("capture");
    expect(webview.requests("act_payment")).toEqual([]);
  });

  it("sends what the question named, once", async () => {
    const slow = later<unknown>();
    answers.act_payment = () => slow.promise;
    const view = londonPaid();
    const { shown } = show(view);
    const first = shown.refund(view, "5000", "remote");
    await shown.refund(view, "5000", "remote");
    slow.keep(view);
    await first;
    expect(webview.requests("act_payment")).toEqual([{ payment: view.id, act: { kind: "refund", digits: "5000", route: "remote" } }]);
  });

  it("that is refused keeps what the sentence needs", async () => {
    answers.act_payment = () => Promise.reject(refusal("refund_too_much", "£10.00"));
    const view = londonPaid();
    const { shown } = show(view);
    await shown.refund(view, "5000", "remote");
    expect(shown.problem).toBe("refund_too_much");
    expect(shown.problemDetail).toBe("£10.00");
  });

  it("on the same order again takes the sale's terms along", async () => {
    answers.start_charge = () => london({ id: "0193-e" });
    const sale = { keyed: true, hold: false, tip: pounds("500"), service_charge: null, lines: [] };
    const { shown } = show(london({ open: false, actions: ["charge_again"], sale }));
    await shown.act("charge_again");
    expect(webview.requests("start_charge")).toMatchObject([{ sale: { keyed: true, tip_digits: "500" }, card: null }]);
  });

  it("on a signature has until the till's word for it", () => {
    vi.useFakeTimers({ now: Date.parse("2026-11-21T14:32:00.000Z"), toFake: ["Date"] });
    const { shown } = show(london({ decide_by: "2026-11-21T14:33:20.000Z" }));
    expect(shown.decide_s).toBe(80);
    vi.setSystemTime(Date.parse("2026-11-21T14:34:00.000Z"));
    shown.tick();
    expect(shown.decide_s).toBe(0);
    shown.accept(london({ decide_by: null, revision: 9 }));
    expect(shown.decide_s).toBeNull();
    vi.useRealTimers();
  });
});

describe("what is told", () => {
  it("has what the terminal says beside it, once and while something goes on", () => {
    expect(tellPrompt(london({ prompt: "enter_pin" }))).toBe("The customer enters the PIN");
    expect(tellPrompt(london({ prompt: null }))).toBe("");
    expect(tellPrompt(london({ prompt: "signature", telling: "signature" }))).toBe("");
    expect(tellPrompt(londonPaid({ prompt: "remove_card" }))).toBe("");
    expect(tellPrompt(filed({ prompt: "please_wait" }))).toBe("");
    const act = { kind: "refund", progress: "under_way", amount: pounds("500"), by: "", said: "" } as const;
    expect(tellPrompt(londonPaid({ prompt: "enter_pin", telling: "refunding", act }))).toBe("The customer enters the PIN");
  });

  it("says how an act stands", () => {
    const act = { kind: "refund", progress: "under_way", amount: pounds("500"), by: "Ana R.", said: "" } as const;
    expect(tellAct(londonPaid({ act }))).toBe("Giving back £5.00: asked, waiting for the answer");
    expect(tellAct(londonPaid({ act: { ...act, progress: "unknown" } }))).toBe("Giving back £5.00: not known whether it was done");
    expect(tellAct(londonPaid({ act: { ...act, progress: "done" } }))).toBe("");
    const refused = { ...act, kind: "try_again", progress: "refused", amount: null, said: "in use" } as const;
    expect(tellAct(london({ act: refused }))).toBe("Another try: refused. “in use”");
  });

  it("says why an act was refused, and not how the payment reads", () => {
    const act = { kind: "refund", progress: "refused", amount: pounds("500"), by: "Ana R.", said: "window is over" } as const;
    const view = londonPaid({ telling: "refund_refused", act, params: { ...londonPaid().params, said: "Captured" } });
    expect(tell(view, "body")).toBe("Dojo said: window is over. No money went back.");
    expect(tellAct(view)).toBe("Giving back £5.00: refused");
  });

  it("speaks of a card on file where there is one", () => {
    expect(tell(filed(), "title")).toBe("Waiting for LeanRails");
    expect(tell(payment(), "title")).toBe("Waiting for the card");
    expect(tellLine(line("needs_cashier", 1), { channel: "card_on_file", gives_back: null })).toBe("The card holder must confirm");
    expect(tellLine(line("saved", 1), { channel: "card_on_file", gives_back: null })).toBe("Saved on this till");
  });
});

describe("what stands open there", () => {
  const LEFT = { intent: "pi_1", reference: "R-1", amount: pounds("4200"), made_at: null, has_link: false };

  it("is listed, and closed one at a time", async () => {
    answers.list_leftovers = () => ({ rows: [LEFT] });
    answers.close_leftover = () => ({ rows: [] });
    const leftovers = new Leftovers();
    leftovers.of("london");
    await leftovers.look();
    expect(leftovers.rows).toEqual([LEFT]);
    await leftovers.close();
    expect(webview.requests("close_leftover")).toEqual([]);
    leftovers.asked = LEFT;
    await leftovers.close();
    expect(webview.requests("close_leftover")).toEqual([{ account: "london", intent: "pi_1", is_confirmed: true }]);
    expect(leftovers.rows).toEqual([]);
    expect(leftovers.closing).toBeNull();
  });

  it("stays listed where one could not be closed, and says why", async () => {
    answers.list_leftovers = () => ({ rows: [LEFT] });
    answers.close_leftover = () => Promise.reject(refusal("too_late"));
    const leftovers = new Leftovers();
    leftovers.of("london");
    await leftovers.look();
    leftovers.asked = LEFT;
    await leftovers.close();
    expect(leftovers.rows).toEqual([LEFT]);
    expect(leftovers.problem).toBe("too_late");
    leftovers.of("paris");
    expect(leftovers.rows).toBeNull();
    expect(leftovers.problem).toBeNull();
  });

  it("is not taken for another account's", async () => {
    const slow = later<unknown>();
    answers.list_leftovers = () => slow.promise;
    const leftovers = new Leftovers();
    leftovers.of("london");
    const looking = leftovers.look();
    leftovers.of("paris");
    slow.keep({ rows: [LEFT] });
    await looking;
    expect(leftovers.rows).toBeNull();
  });
});

describe("receipts", () => {
  const SLIP: SlipLine[] = [{ kind: "text", text: "CAFÉ", size: "large", align: "center", bold: true }, { kind: "rule" }, { kind: "blank" }];

  it("are put on paper one at a time, and put away", async () => {
    answers.payment_receipts = () => ({ customer: SLIP, merchant: [] });
    let onPaper: readonly SlipLine[] | null = null;
    const receipts: Receipts = new Receipts(() => {
      onPaper = receipts.paper;
    });
    await receipts.print("customer");
    expect(onPaper).toBeNull();
    await receipts.load("0193-d");
    await receipts.print("customer");
    expect(onPaper).toEqual(SLIP);
    receipts.put();
    expect(receipts.paper).toBeNull();
  });

  it("say why there are none", async () => {
    answers.payment_receipts = () => Promise.reject(refusal("payment_unknown"));
    const receipts = new Receipts(() => undefined);
    await receipts.load("0193-d");
    expect(receipts.problem).toBe("payment_unknown");
  });
});
