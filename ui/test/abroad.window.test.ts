// Listed card machines and cards on file in the whole window: charged, watched, acted on, set up.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Code, Commands, OverviewView, PaymentView, SlipLine } from "../src/bridge";
import en from "../src/text/en.json";
import { Webview } from "./double/tauri";
import { abroad, FILED, filed, LONDON, london, londonPaid, pesos, pounds, refusal, row, typed } from "./double/views";
import { clean, click, find, openWindow, pick, press, settled, text, write } from "./double/window";

type Answers = { [Name in keyof Commands]?: (request: Commands[Name]["request"]) => unknown };

let shown: PaymentView;
let view: OverviewView;
let answers: Answers;
let webview: Webview;
let close: () => Promise<void>;

const MACHINES = [
  { code: "tm_sandbox_1", label: "Front till", state: "available", is_chosen: true },
  { code: "tm_sandbox_4", label: "Kitchen", state: "offline", is_chosen: false },
];

beforeEach(() => {
  shown = london();
  view = abroad();
  answers = {
    overview: () => view,
    type_amount: ({ digits, account }) => typed(digits, account === "london" ? pounds : pesos),
    start_charge: ({ order, digits }) => london({ order, amount: pounds(digits) }),
    show_payment: () => shown,
    act_payment: () => shown,
    account_terminals: () => ({ terminals: MACHINES }),
  };
  webview = new Webview((command, request) => {
    const answer = answers[command as keyof Commands] as ((request: unknown) => unknown) | undefined;
    if (!answer) throw refusal("bad_request");
    return answer(request);
  }).install();
});

afterEach(async () => {
  await close();
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

async function open(): Promise<void> {
  close = await openWindow();
}

/** The live screen of a payment. */
async function openLive(payment: PaymentView): Promise<void> {
  shown = payment;
  view = abroad({ open: [row(payment)] });
  await open();
  await click("open-pill");
}

/** The settings with an account of the list opened. */
async function openAccount(testid: string): Promise<void> {
  await open();
  await click("nav-settings");
  await click(testid);
}

const field = (testid: string) => find(testid) as HTMLInputElement;

describe("charging on a listed card machine", () => {
  it("shows how each is, in words, and asks when the screen comes and with F5", async () => {
    await open();
    expect(text("terminal-tm_sandbox_1")).toContain("Ready");
    expect(text("terminal-tm_sandbox_2")).toContain("Offline");
    expect(text("terminal-tm_sandbox_3")).toContain("Busy");
    expect(webview.requests("account_terminals")).toEqual([{ account: "london" }]);
    await press("F5");
    expect(webview.requests("account_terminals").length).toBe(2);
    await clean();
  });

  it("is quiet where they cannot be asked", async () => {
    answers.account_terminals = () => Promise.reject(refusal("no_connection"));
    await open();
    expect(document.body.textContent).not.toContain(en.code.no_connection);
  });

  it("takes a tip, a service charge and lines, by the keyboard too", async () => {
    await open();
    for (const digit of "35050") await press(digit);
    expect(find("terms-tip")).toBeNull();
    expect(find("terms-more")?.getAttribute("aria-expanded")).toBe("false");
    await press("m");
    expect(document.activeElement).toBe(find("terms-keyed")?.querySelector("input"));
    expect(find("terms-more")?.getAttribute("aria-expanded")).toBe("true");
    await press("m");
    expect(find("terms-tip")).toBeNull();
    expect(document.activeElement?.tagName).toBe("MAIN");
    await press("m");
    // Typed on what stands there, from the right.
    await write("terms-tip", "£0.005");
    expect(field("terms-tip").value).toBe("£0.05");
    await write("terms-tip", "£0.0500");
    expect(field("terms-tip").value).toBe("£5.00");
    await write("terms-tip", "£5.00x");
    expect(field("terms-tip").value).toBe("£5.00");
    await pick("terms-hold");
    await click("line-add");
    expect(document.activeElement).toBe(find("line-name-0"));
    await write("line-name-0", "Lunch");
    await write("line-quantity-0", "2");
    await write("line-total-0", "35050");
    expect(text("terms-set")).toBe("Hold now, take later · tip £5.00 · 1 line");
    expect(text("charge")).toContain("Hold £350.50 on Front till");
    expect(text("charge-on-top")).toBe("plus tip £5.00");
    await clean();
    field("terms-tip").focus();
    await press("Enter");
    const lines = [{ name: "Lunch", quantity: 2, digits: "35050", modifiers: [] }];
    const sale = { keyed: false, hold: true, tip_digits: "500", service_charge_digits: "", lines };
    expect(webview.requests("start_charge")).toMatchObject([{ account: "london", terminal: "tm_sandbox_1", digits: "35050", sale, card: null }]);
  });

  it("writes what is added to a line and taken off it, and says what is missing there", async () => {
    answers.start_charge = () => Promise.reject(refusal("item_invalid"));
    await open();
    await press("5");
    await click("terms-more");
    await click("line-add");
    await write("line-name-0", "Burger");
    await write("line-total-0", "2000");
    await click("modifier-add-0");
    expect(document.activeElement).toBe(find("modifier-name-0-0"));
    await write("modifier-name-0-0", "Student");
    await click("modifier-off-0-0");
    expect(find("modifier-off-0-0")?.getAttribute("aria-pressed")).toBe("true");
    await clean();
    await press("Enter");
    expect(document.activeElement).toBe(find("modifier-amount-0-0"));
    await write("modifier-amount-0-0", "100");
    await click("modifier-add-0");
    await click("modifier-remove-0-1");
    await press("Enter");
    const modifiers = [{ name: "Student", quantity: 1, digits: "100", discount: true }];
    expect(webview.requests("start_charge").at(-1)).toMatchObject({ sale: { lines: [{ name: "Burger", modifiers }] } });
  });

  it("says what is missing of a line, there, and Enter goes on to it", async () => {
    answers.start_charge = () => Promise.reject(refusal("item_invalid"));
    await open();
    await press("5");
    await click("terms-more");
    await click("line-add");
    await write("line-name-0", "Tea");
    await press("Enter");
    expect(text("terms-problem")).toBe(en.code.item_invalid);
    expect(document.activeElement).toBe(find("line-total-0"));
    expect(find("charge-problem")).toBeNull();
    await click("line-remove-0");
    expect(find("terms-problem")).toBeNull();
  });

  it("has no such part where the system offers nothing", async () => {
    await open();
    await pick("terminal-PRACTICE-1");
    expect(find("terms")).toBeNull();
    await press("m");
    expect(find("terms-tip")).toBeNull();
  });
});

describe("charging a card on file", () => {
  it("says that there is no card reader, and asks for the card's name", async () => {
    answers.start_charge = ({ card }) => {
      if (!card?.card.startsWith("pm_")) throw refusal("card_invalid");
      return filed();
    };
    await open();
    await press("5");
    await press("4", { altKey: true, code: "Digit4" });
    expect(text("card-form")).toContain("LeanRails has no card reader.");
    expect(find("terms")).toBeNull();
    await clean();
    await press("Enter");
    expect(text("card-name-problem")).toBe(en.code.card_invalid);
    expect(document.activeElement).toBe(find("card-name"));
    await write("card-name", "pm_card_visa");
    await pick("card-hold");
    expect(text("charge")).toContain("Hold MX$0.05 on the card on file");
    await press("Enter");
    expect(webview.requests("start_charge").at(-1)).toMatchObject({ account: "filed", terminal: "", card: { card: "pm_card_visa", hold: true }, sale: null });
    expect(text("state-title")).toBe("Waiting for LeanRails");
    expect(document.querySelector("dl")?.textContent).toContain("pm_card_visa");
  });
});

describe("a payment on a listed card machine", () => {
  it("shows what the terminal says, and says it aloud", async () => {
    await openLive(london({ prompt: "present_card" }));
    expect(text("prompt")).toBe("Front till saysPresent the card");
    expect(text("announced")).toBe("Present the card");
    await clean();
    webview.emit({ kind: "payment", view: london({ prompt: "enter_pin", revision: 4 }) });
    await settled();
    expect(text("prompt")).toContain("The customer enters the PIN");
    expect(text("announced")).toBe("The customer enters the PIN");
  });

  it.each(["declined_try_again", "cancelled_at_terminal", "terminal_idle"] as const)("can be tried again: %s", async (telling) => {
    await openLive(london({ state: "needs_cashier", telling, actions: ["try_again", "cancel", "next_customer"] }));
    expect(find("action-try_again")?.className).toContain("accent");
    await clean();
    await click("action-try_again");
    expect(webview.requests("act_payment")).toEqual([{ payment: "0193-d", act: { kind: "try_again" } }]);
    // Nothing that Enter could press by mistake.
    await press("Enter");
    expect(webview.requests("act_payment").length).toBe(1);
  });

  it("asks about a signature, with the time there is for it", async () => {
    const decide_by = new Date(Date.now() + 45_500).toISOString();
    const actions: PaymentView["actions"] = ["accept_signature", "reject_signature", "cancel", "next_customer"];
    await openLive(london({ state: "needs_cashier", telling: "signature", prompt: "signature", actions, decide_by }));
    expect(text("decide")).toMatch(/^Answer within 0:4[56]\. No answer counts as accepted\.$/);
    expect(find("signature")?.querySelectorAll("button").length).toBe(2);
    expect(text("announced-now")).toBe("Is this signature the card holder's?");
    await clean();
    await click("action-reject_signature");
    expect(webview.requests("act_payment")).toEqual([{ payment: "0193-d", act: { kind: "sign", accepted: false } }]);
  });

  it("that is held is taken by its amount, or undone after a question", async () => {
    await openLive(london({ state: "authorised", telling: "authorised", actions: ["capture", "reverse", "next_customer"], total: pounds("40050"), tip: pounds("5000") }));
    expect(text("action-capture")).toBe("Take £350.50");
    expect(document.querySelector("dl")?.textContent).toContain("£400.50");
    await click("action-reverse");
    expect(document.activeElement).toBe(find("close-dialog"));
    expect(text("reverse-confirm")).toBe("Undo £400.50 of order R-20418");
    await clean();
    await click("reverse-confirm");
    expect(webview.requests("act_payment")).toEqual([{ payment: "0193-d", act: { kind: "reverse" } }]);
    await click("action-capture");
    expect(webview.requests("act_payment").at(-1)).toEqual({ payment: "0193-d", act: { kind: "capture" } });
  });
});

describe("giving money back", () => {
  it("offers all that is left, and sends what the button names", async () => {
    await openLive(londonPaid());
    await click("action-refund");
    expect(document.activeElement).toBe(find("close-dialog"));
    expect(field("refund-amount").value).toBe("£350.50");
    expect(text("refund-confirm")).toBe("Give back £350.50 of order R-20418");
    expect(text("refund-how")).toContain("Front till");
    await clean();
    await write("refund-amount", "£50.00");
    await pick("refund-route-remote");
    expect(text("refund-confirm")).toBe("Give back £50.00 of order R-20418");
    await click("refund-confirm");
    expect(find("refund-dialog")).toBeNull();
    expect(webview.requests("act_payment")).toEqual([{ payment: "0193-d", act: { kind: "refund", digits: "5000", route: "remote" } }]);
  });

  it("asks for no way where there is one, and for an amount where there is none", async () => {
    await openLive(filed({ ...londonPaid(), channel: "card_on_file", account: "filed", refund_routes: ["remote"], returnable: pesos("35050") }));
    await click("action-refund");
    expect(find("refund-route")).toBeNull();
    expect(find("refund-how")).toBeNull();
    await write("refund-amount", "");
    await click("refund-confirm");
    expect(text("refund-amount-problem")).toBe(en.code.amount_empty);
    expect(webview.requests("act_payment")).toEqual([]);
    await write("refund-amount", "1");
    await click("refund-confirm");
    expect(webview.requests("act_payment")).toMatchObject([{ act: { digits: "1", route: "remote" } }]);
  });

  it("says what is too much, and how much is left", async () => {
    answers.act_payment = () => Promise.reject(refusal("refund_too_much", "£10.00"));
    await openLive(londonPaid());
    await click("action-refund");
    await click("refund-confirm");
    expect(text("live-problem")).toBe("That is more than is left to give back (£10.00).");
  });

  it.each([
    ["under_way", "", "Giving back £5.00: asked, waiting for the answer"],
    ["refused", "window is over", "Giving back £5.00: refused. “window is over”"],
    ["unknown", "", "Giving back £5.00: not known whether it was done"],
  ] as const)("says how it stands: %s", async (progress, said, sentence) => {
    await openLive(londonPaid({ act: { kind: "refund", progress, said, amount: pounds("500"), by: "Ana R." }, returned: pounds("1000") }));
    expect(text("act")).toBe(sentence);
    expect(document.querySelector("dl")?.textContent).toContain("£10.00");
  });
});

describe("a receipt", () => {
  const SLIP: SlipLine[] = [{ kind: "text", text: "CAFÉ LONDON", size: "large", align: "center", bold: true }, { kind: "rule" }, { kind: "blank" }];

  it("is drawn for customer and shop, and printed alone", async () => {
    const print = vi.fn();
    vi.stubGlobal("print", print);
    answers.payment_receipts = () => ({ customer: SLIP, merchant: [...SLIP, { kind: "text", text: "MERCHANT COPY", size: "body", align: "left", bold: false }] });
    await openLive(londonPaid());
    await click("action-receipts");
    expect(webview.requests("payment_receipts")).toEqual([{ payment: "0193-d" }]);
    expect(text("slip-customer")).toContain("CAFÉ LONDON");
    expect(text("slip-merchant")).toContain("MERCHANT COPY");
    await clean();
    await click("print-customer");
    expect(print).toHaveBeenCalledTimes(1);
    expect(document.querySelector(".paper")?.textContent).toContain("CAFÉ LONDON");
    expect(document.querySelector(".paper")?.textContent).not.toContain("MERCHANT COPY");
    await click("close-dialog");
    expect(document.querySelector(".paper")).toBeNull();
  });

  it("that was never sent is said to be none", async () => {
    answers.payment_receipts = () => ({ customer: [], merchant: [] });
    await openLive(londonPaid());
    await click("action-receipts");
    expect(text("receipts-dialog")).toContain(en.receipt.none);
    expect(find("print-customer")).toBeNull();
  });
});

describe("an account that lists its card machines", () => {
  it("is saved first, and then its machines are chosen, named and saved", async () => {
    answers.save_account = ({ terminals }) => ({
      ...LONDON,
      terminals: terminals.map(({ code, label }) => ({ ...LONDON.terminals[0], code, label })),
    });
    await open();
    await click("nav-settings");
    await click("account-add");
    await click("kind-dojo");
    expect(find("terminal-code-0")).toBeNull();
    expect(text("machines")).toContain("Save the account first.");
    expect(webview.requests("account_terminals").length).toBe(1);
    await clean();
    await write("account-name", "London");
    await write("account-key", "hush");
    await write("account-reseller", "shop-seller-7");
    await pick("currency-EUR");
    await click("account-save");
    expect(webview.requests("save_account")).toMatchObject([{ system: "dojo", terminals: [], settings: { currency: "EUR", reseller_id: "shop-seller-7" } }]);
    expect(text("machine-tm_sandbox_4")).toContain("Offline");
    await pick("machine-use-tm_sandbox_4");
    expect(field("machine-label-tm_sandbox_4").value).toBe("Kitchen");
    await write("machine-label-tm_sandbox_4", "Hatch");
    await clean();
    await click("account-save");
    expect(webview.requests("save_account").at(-1)).toMatchObject({ account: "london", key: null, terminals: [{ code: "tm_sandbox_4", label: "Hatch" }] });
    expect(field("machine-label-tm_sandbox_4").value).toBe("Hatch");
  });

  it("keeps a machine in sight that is no longer listed", async () => {
    await openAccount("account-london");
    expect(text("machine-tm_sandbox_2")).toContain("Dojo no longer lists it");
    await clean();
  });

  it.each<Code>(["key_refused", "key_missing", "no_connection", "provider_silent", "provider_fault", "keychain_locked", "no_list_here"])(
    "says why there is no list, and asks again: %s",
    async (code) => {
      answers.account_terminals = () => Promise.reject(refusal(code));
      await openAccount("account-london");
      expect(text("machines-problem")).toBe(`${en.settings.machines_failed} ${en.code[code]}`);
      answers.account_terminals = () => ({ terminals: [] });
      await click("machines-again");
      expect(find("machines-problem")).toBeNull();
      expect(text("machines-none")).toContain("Dojo lists no card machine");
    },
  );
});

describe("an account of cards on file", () => {
  it("chooses its API and its currency", async () => {
    answers.save_account = ({ settings, base_url }) => ({ ...FILED, ...settings, base_url });
    await openAccount("account-filed");
    expect(find("machines")).toBeNull();
    expect(find("leftovers-look")).not.toBeNull();
    await pick("generation-form");
    expect(field("account-url").value).toBe("https://api.fluveo.dev/v1");
    expect(text("generation-hint")).toContain("test keys only");
    await pick("currency-JPY");
    await clean();
    await click("account-save");
    expect(webview.requests("save_account")).toMatchObject([{ system: "lean_rails", settings: { generation: "form", currency: "JPY" }, terminals: [] }]);
  });

  it("says at the field that a currency is not traded in", async () => {
    answers.save_account = () => Promise.reject(refusal("currency_invalid"));
    await openAccount("account-filed");
    await click("account-save");
    expect(text("currency-problem")).toBe(en.code.currency_invalid);
  });
});

describe("what stands open at Dojo", () => {
  const LEFT = { intent: "pi_1", reference: "WEB-77", amount: pounds("129900"), made_at: "2026-11-19T09:41:00.000Z", has_link: true };

  it("is listed, and closed after a question that names it", async () => {
    answers.list_leftovers = () => ({ rows: [LEFT] });
    answers.close_leftover = () => ({ rows: [] });
    await openAccount("account-london");
    await click("leftovers-look");
    expect(text("leftover")).toContain("WEB-77");
    expect(text("leftover")).toContain(en.leftovers.has_link);
    await clean();
    await click("leftover-close-pi_1");
    expect(document.activeElement).toBe(find("close-dialog"));
    expect(text("leftover-dialog")).toContain(en.leftovers.has_link);
    expect(text("leftover-confirm")).toBe("Close WEB-77, £1,299.00");
    await clean();
    await click("leftover-confirm");
    expect(webview.requests("close_leftover")).toEqual([{ account: "london", intent: "pi_1", is_confirmed: true }]);
    expect(find("leftover")).toBeNull();
    expect(text("leftovers-status")).toBe(en.leftovers.none);
  });

  it("says why it could not be listed", async () => {
    answers.list_leftovers = () => Promise.reject(refusal("provider_busy"));
    await openAccount("account-london");
    await click("leftovers-look");
    expect(text("leftovers-status")).toBe(en.code.provider_busy);
  });
});
