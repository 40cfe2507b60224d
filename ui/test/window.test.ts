// The whole window in a page: drawn, pressed and typed at, and looked at by axe.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Commands, OverviewView, PaymentView } from "../src/bridge";
import { Webview } from "./double/tauri";
import { dayReport, device, ended, noLetters, overview, ownOverview, pageOnPhone, paid, payment, pesos, row, typed, unknown, verdict } from "./double/views";
import { clean, click, find, openWindow, press, settled, text } from "./double/window";

type Answers = { [Name in keyof Commands]: (request: Commands[Name]["request"]) => unknown };

let shown: PaymentView;
let view: OverviewView;
let answers: Answers;
let webview: Webview;

let close: () => Promise<void>;

async function open(): Promise<void> {
  close = await openWindow();
}

beforeEach(() => {
  shown = payment();
  view = ownOverview();
  answers = {
    overview: () => view,
    type_amount: ({ digits }) => typed(digits),
    start_charge: ({ order, digits, terminal }) => {
      shown = payment({ order, terminal, amount: pesos(digits) });
      return shown;
    },
    charge_anyway: () => shown,
    show_warnings: () => ({ warnings: [] }),
    change_amount: () => shown,
    list_inbox: () => ({ items: [] }),
    decide_payment: () => shown,
    start_return: () => shown,
    show_payment: () => shown,
    cancel_payment: () => shown,
    ask_now: () => shown,
    witness_payment: () => shown,
    act_payment: () => shown,
    payment_receipts: () => ({ customer: [], merchant: [] }),
    account_terminals: () => ({ terminals: [] }),
    list_leftovers: () => ({ rows: [] }),
    close_leftover: () => ({ rows: [] }),
    plan_void: () => ({ lines: [] }),
    start_void: () => ({ lines: [] }),
    show_void: () => ({ lines: [] }),
    day_report: () => dayReport(),
    close_day: () => dayReport({ closed: true, by: "Ana R." }),
    list_days: () => ({ rows: [] }),
    show_day: ({ number }) => dayReport({ number, closed: true }),
    day_file: () => ({ name: "day-0001.pdf", path: "/exports/day-0001.pdf", base64: "" }),
    list_audit: () => ({ rows: [], next: null }),
    verify_audit: () => verdict(),
    export_audit: () => ({ name: "journal-4.csv", path: "/exports/journal-4.csv", base64: "" }),
    list_voids: () => ({ rows: [] }),
    steer_void: () => ({ lines: [] }),
    prove_void: () => ({ name: "", path: "", base64: "" }),
    choose_void_rules: () => view,
    list_payments: () => ({ rows: [row(paid()), row(unknown({ id: "b" }))], next: null }),
    look_elsewhere: () => view.elsewhere,
    save_account: () => view.accounts[0],
    keep_webhook_secret: () => view.accounts[0],
    remove_account: () => view,
    test_account: () => ({ ok: true, problem: null, took_ms: 84 }),
    choose_look: ({ language, theme }) => ({ ...view, language, theme }),
    name_cashier: ({ name }) => ({ ...view, cashier: name }),
    diagnose: () => ({ findings: [{ subject: "journal", name: "", ok: true, problem: null, detail: "whole" }] }),
    practice_terminal: () => device(),
    practice_press: () => device({ display: "reading", presses: [] }),
    practice_page: () => pageOnPhone(),
    practice_page_press: () => pageOnPhone({ presses: [] }),
    sign_in: () => view.staff,
    sign_out: () => view.staff,
    stay_signed_in: () => ({ signed_in: true }),
    asked_approval: () => ({ deed: "refund", order: "", amount: null, payments: 0, sums: [], asked_by: "", by_manager: false, approvers: [] }),
    approve: () => ({ deed: "refund", order: "", amount: null, payments: 0, sums: [], asked_by: "", by_manager: false, approvers: [] }),
    add_staff: () => view.staff,
    change_staff: () => view.staff,
    set_pin: () => view.staff,
    change_own_pin: () => view.staff,
    remove_staff: () => view.staff,
    choose_staff_rules: () => view.staff,
    letter_rules: () => noLetters(),
    choose_letter_rules: () => noLetters(),
    test_letters: () => ({ ok: true, said: "" }),
    payment_letter: () => ({ letter: null }),
    send_letter: () => ({ letter: null }),
  };
  webview = new Webview((command, request) => {
    const answer = answers[command as keyof Commands] as (request: unknown) => unknown;
    return answer(request);
  }).install();
});

afterEach(async () => {
  await close();
  document.body.replaceChildren();
});

describe("a sale by the keyboard alone", () => {
  it("is typed, charged, watched and left", async () => {
    await open();
    for (const digit of "35050") await press(digit);
    expect(text("amount-figure")).toContain("MX$350.50");
    await press("2", { altKey: true, code: "Digit2" });
    await press("Enter");
    expect(webview.requests("start_charge")).toEqual([
      { order: "R-20418", digits: "35050", account: "roma", terminal: "TERMINAL-002", link: null, sale: null, card: null },
    ]);
    expect(text("state-title")).toBe("Waiting for the card");
    expect(document.activeElement).toBe(find("state-title"));
    webview.emit({ kind: "payment", view: paid({ id: shown.id, revision: 9 }) });
    await settled();
    expect(text("state-title")).toBe("Paid");
    expect(text("announced-now")).toBe("Paid");
    await press("Enter");
    expect(find("state-band")).toBeNull();
    expect(find("charge")).not.toBeNull();
  });

  it("is started once by a double Enter, which then neither cancels nor leaves", async () => {
    await open();
    await press("5");
    const enter = () => window.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    enter();
    enter();
    await settled();
    await press("Enter");
    await press("Enter", { repeat: true });
    expect(webview.requests("start_charge").length).toBe(1);
    expect(webview.requests("cancel_payment")).toEqual([]);
    expect(find("state-band")).not.toBeNull();
  });

  it("says why Enter charges nothing", async () => {
    await open();
    await press("Enter");
    expect(text("charge-problem")).toBe("Type an amount first.");
    await press("7");
    expect(find("charge-problem")).toBeNull();
  });

  it("takes the order by F2 and goes on with Enter", async () => {
    await open();
    await press("5");
    await press("F2");
    const field = find("order") as HTMLInputElement;
    expect(document.activeElement).toBe(field);
    field.value = "TABLE 4";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await press("7");
    await press("Enter");
    expect(webview.requests("start_charge")).toMatchObject([{ order: "TABLE 4", digits: "5" }]);
  });

  it("cancels with Esc what can be cancelled, else goes on", async () => {
    await open();
    await press("5");
    await press("Enter");
    answers.cancel_payment = () => payment({ ...shown, revision: 4, actions: ["ask_now", "next_customer"], escape: "next_customer" });
    await press("Escape");
    expect(webview.requests("cancel_payment").length).toBe(1);
    expect(find("action-cancel")).toBeNull();
    await press("Escape");
    expect(find("charge")).not.toBeNull();
  });

  it("begins the next sale over a payment that has ended, and keeps it over one that has not", async () => {
    await open();
    await press("5");
    await press("Enter");
    await press("7");
    expect(find("state-band")).not.toBeNull();
    expect(document.body.textContent).toContain("Next sale: MX$0.07");
    webview.emit({ kind: "payment", view: paid({ id: shown.id, revision: 9 }) });
    await settled();
    await press("1");
    expect(find("state-band")).toBeNull();
    expect(text("amount-figure")).toContain("MX$0.71");
  });

  it("asks now with F5 and leaves with N", async () => {
    await open();
    shown = unknown();
    view = ownOverview({ open: [row(shown)] });
    webview.emit({ kind: "overview", view });
    await settled();
    await click("open-pill");
    expect(text("state-title")).toBe("Not known yet. Don't charge again.");
    await press("F5");
    expect(webview.requests("ask_now")).toEqual([{ payment: "0193-a" }]);
    await press("n");
    expect(text("open-pill")).toBe("1 payment still open");
  });
});

describe("the practice store", () => {
  beforeEach(() => {
    view = overview({ cashier: "" });
    answers.list_payments = () => ({ rows: [], next: null });
    shown = payment({ account: "practice", practice: true, terminal: "PRACTICE-1", terminal_label: "Counter" });
    answers.start_charge = () => shown;
  });

  it("welcomes, and takes the first payment", async () => {
    await open();
    expect(find("welcome")).not.toBeNull();
    expect(text("practice-pill")).toBe("Practice store: no real money");
    await clean();
    await press("5");
    await click("charge");
    expect(find("practice-device")).not.toBeNull();
    await clean();
    await click("press-tap");
    expect(webview.requests("practice_press")).toEqual([{ terminal: "PRACTICE-1", press: "tap" }]);
    expect(find("press-tap")).toBeNull();
    await press("n");
    expect(find("welcome")).toBeNull();
  });

  it("offers a signature where the terminal takes one", async () => {
    await open();
    await press("5");
    await click("charge");
    expect(find("press-insert_sign")).toBeNull();
    webview.emit({ kind: "practice_terminal", view: device({ presses: ["tap", "insert_pin", "insert_sign", "unplug"] }) });
    await settled();
    expect(text("press-insert_sign")).toBe("Insert and sign");
    await clean();
    await click("press-insert_sign");
    expect(webview.requests("practice_press")).toEqual([{ terminal: "PRACTICE-1", press: "insert_sign" }]);
  });

  it("is one press away from an account of one's own", async () => {
    await open();
    await click("use-own-account");
    await clean();
    await click("kind-compago");
    expect(document.activeElement).toBe(find("account-name"));
    expect((find("account-url") as HTMLInputElement).value).toMatch(/^https:\/\//);
    expect(find("account-key")?.getAttribute("type")).toBe("password");
    expect(find("account-key")?.getAttribute("autocomplete")).toBe("off");
    await clean();
  });
});

describe("every state", () => {
  const practice = { account: "practice", practice: true, terminal: "PRACTICE-1" };
  it.each([
    ["waiting", payment(), "waiting"],
    ["paid", paid(), "paid"],
    ["declined", ended("declined", "declined"), "failed"],
    ["cancelled", ended("cancelled", "cancelled"), "cancelled"],
    ["expired", ended("expired", "expired"), "cancelled"],
    ["failed", ended("failed", "failed_not_sent"), "failed"],
    ["not known", unknown(), "unknown"],
    ["not known, practised", unknown({ ...practice, actions: ["witness", "ask_now", "next_customer", "cancel"] }), "unknown"],
  ])("is drawn without fault: %s", async (_, state, tone) => {
    shown = state;
    view = ownOverview({ open: [row(state)] });
    await open();
    await click("open-pill");
    expect(find("state-band")?.dataset["tone"]).toBe(tone);
    expect(find("state-band")?.dataset["state"]).toBe(state.state);
    const drawn = [...document.querySelectorAll<HTMLElement>('[data-testid^="action-"]')].map((one) => one.dataset["testid"]);
    expect(drawn).toEqual(state.actions.map((action) => `action-${action}`));
    expect(document.activeElement?.closest("button")).toBeNull();
    expect(document.querySelectorAll('[data-testid^="line-"]').length).toBe(state.timeline.length);
    await clean();
  });
});

describe("the other screens", () => {
  it("list payments and open one", async () => {
    await open();
    await click("nav-payments");
    expect(document.querySelectorAll('[data-testid="payment-row"]').length).toBe(2);
    await clean();
    await press("/");
    expect(document.activeElement).toBe(find("search"));
    await press("Escape");
    await click("payment-row");
    expect(find("state-band")).not.toBeNull();
  });

  it("show settings, speak Spanish and turn dark", async () => {
    await open();
    await click("nav-settings");
    await click("account-roma");
    await click("diagnose");
    expect(text("findings")).toContain("Journal");
    await clean();
    find("language-es")?.querySelector("input")?.click();
    await settled();
    find("theme-dark")?.querySelector("input")?.click();
    await settled();
    expect(document.documentElement.lang).toBe("es");
    expect(text("nav-charge")).toBe("Cobrar");
    expect(webview.requests("choose_look").at(-1)).toMatchObject({ theme: "dark" });
    expect(document.documentElement.dataset["theme"]).toBe("dark");
  });

  it("clear a key right after it is sent", async () => {
    await open();
    await click("nav-settings");
    await click("account-roma");
    const field = find("account-key") as HTMLInputElement;
    field.value = "hush";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await click("account-save");
    expect(webview.requests("save_account")).toMatchObject([{ account: "roma", key: "hush" }]);
    expect((find("account-key") as HTMLInputElement).value).toBe("");
    expect(document.body.innerHTML).not.toContain("hush");
  });

  it("show trouble, and why nothing is charged", async () => {
    view = ownOverview({ trouble: "journal_damaged" });
    await open();
    await press("5");
    await press("Enter");
    expect(text("trouble")).toContain("No new charge can start");
    expect(text("charge-problem")).toBe(text("trouble"));
    expect(webview.requests("start_charge")).toEqual([]);
    await clean();
  });

  it("say why the till cannot open, and try again", async () => {
    answers.overview = () => Promise.reject({ code: "journal_in_use", message: "", detail: null });
    await open();
    expect(text("start-problem")).toContain("Another Tillside is open");
    await clean();
  });
});

describe("dialogs", () => {
  it("show the keys, and give the focus back", async () => {
    await open();
    const before = document.activeElement;
    await press("?");
    expect(find("keys-sheet")?.hasAttribute("open")).toBe(true);
    expect(document.activeElement).toBe(find("close-dialog"));
    await clean();
    await press("5");
    expect(text("amount-figure")).toContain("0.00");
    await click("close-dialog");
    expect(find("keys-sheet")).toBeNull();
    expect(document.activeElement).toBe(before);
  });

  it("ask before the window closes over open payments: staying has the focus", async () => {
    await open();
    webview.emit({ kind: "close_asked", open: 2 });
    await settled();
    expect(document.body.textContent).toContain("2 payments are still open");
    expect(document.activeElement).toBe(find("close-stay"));
    await clean();
    await click("close-stay");
    expect(webview.requests("close_anyway")).toEqual([]);
    webview.emit({ kind: "close_asked", open: 1 });
    await settled();
    await click("close-leave");
    expect(webview.requests("close_anyway").length).toBe(1);
  });

  it("record what the terminal shows only after it was chosen", async () => {
    shown = unknown({ telling: "not_known_unseen", actions: ["witness", "next_customer"] });
    view = ownOverview({ open: [row(shown)] });
    await open();
    await click("open-pill");
    await click("action-witness");
    expect(document.activeElement).toBe(find("close-dialog"));
    await clean();
    await click("witness-confirm");
    expect(webview.requests("witness_payment")).toEqual([]);
    find("witness-not-paid")?.querySelector("input")?.click();
    await settled();
    expect(text("witness-confirm")).toBe("Record MX$350.50 as not paid");
    await click("witness-confirm");
    expect(webview.requests("witness_payment")).toEqual([{ payment: "0193-a", saw: "not_paid", receipt: "", checked: "" }]);
  });

  it("ask before an account goes: keeping has the focus", async () => {
    await open();
    await click("nav-settings");
    await click("account-roma");
    await click("account-remove");
    expect(document.activeElement).toBe(find("close-dialog"));
    expect(text("remove-confirm")).toBe("Remove Roma Norte and its key");
    await click("remove-confirm");
    expect(webview.requests("remove_account")).toEqual([{ account: "roma" }]);
  });
});
