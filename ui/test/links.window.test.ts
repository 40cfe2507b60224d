// Payment links in the whole window: chosen, filled in, shown, turned to the customer; and the
// accounts they belong to.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Code, Commands, OverviewView, PaymentView } from "../src/bridge";
import en from "../src/text/en.json";
import { Webview } from "./double/tauri";
import { BANGKOK, baht, everyKind, linked, overview, pageOnPhone, paid, payment, pesos, refusal, row, typed, WEB } from "./double/views";
import { clean, click, find, openWindow, pick, press, settled, text, write } from "./double/window";

type Answers = { [Name in keyof Commands]?: (request: Commands[Name]["request"]) => unknown };

let shown: PaymentView;
let view: OverviewView;
let answers: Answers;
let webview: Webview;
let close: () => Promise<void>;

beforeEach(() => {
  shown = linked();
  view = everyKind();
  answers = {
    overview: () => view,
    type_amount: ({ digits, account }) => typed(digits, account === "bangkok" ? baht : pesos),
    start_charge: ({ order, digits }) => linked({ order, amount: pesos(digits) }),
    show_payment: () => shown,
    cancel_payment: () => shown,
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

/** The live screen of a payment that is open. */
async function openLive(more: Partial<PaymentView> = {}): Promise<void> {
  shown = linked(more);
  view = everyKind({ open: [row(shown)] });
  await open();
  await click("open-pill");
}

describe("charging by a link", () => {
  it("is one choice among the terminals, by the keyboard too", async () => {
    await open();
    expect(find("link-form")).toBeNull();
    for (const digit of "35050") await press(digit);
    await press("3", { altKey: true, code: "Digit3" });
    expect(text("link-web")).toContain("Payment link · Roma web");
    expect((find("link-description") as HTMLInputElement).value).toBe("Roma web, order R-20418");
    expect((find("link-minutes") as HTMLInputElement).value).toBe("60");
    expect(find("link-method")).toBeNull();
    expect(find("link-account-name")).toBeNull();
    expect(text("charge")).toContain("Make a link for MX$350.50");
    await clean();
    await press("Enter");
    expect(webview.requests("start_charge")).toMatchObject([{ account: "web", terminal: "", link: { minutes: 60 } }]);
    expect(text("state-title")).toBe("Waiting for the customer");
  });

  it("asks for the payer where the account does, and Enter goes on to what is missing", async () => {
    answers.start_charge = ({ link }) => {
      const payer = link?.payer;
      if (!payer?.account_name || payer.account_number.length < 6 || payer.bank_code.length !== 3) throw refusal("payer_invalid");
      return linked();
    };
    await open();
    for (const digit of "100") await press(digit);
    await pick("link-bangkok");
    await pick("link-method-bank_transfer");
    await clean();
    await press("Enter");
    expect(document.activeElement).toBe(find("link-account-name"));
    expect(text("link-account-name-problem")).toBe("Write the name on the account.");
    expect(find("charge-problem")).toBeNull();
    await clean();
    await write("link-account-name", "Somchai J.");
    expect(find("link-account-name-problem")).toBeNull();
    await press("Enter");
    expect(document.activeElement).toBe(find("link-account-number"));
    await write("link-account-number", "1234567890");
    await press("Enter");
    expect(document.activeElement).toBe(find("link-bank-code"));
    expect(text("link-bank-code-problem")).toBe("Three digits, like 004.");
    // Digits in a field are the field's.
    await press("7");
    expect(text("amount-figure")).toContain("1.00");
    await write("link-bank-code", "004");
    await press("Enter");
    expect(webview.requests("start_charge").at(-1)).toMatchObject({ link: { method: "bank_transfer", payer: { bank_code: "004" } } });
    expect(find("state-band")).not.toBeNull();
    expect(document.body.innerHTML).not.toContain("1234567890");
  });

  it.each<[Code, string, string]>([
    ["link_minutes", "link-minutes", "Write 10 to 2,880 minutes."],
    ["link_description", "link-description", en.code.link_description],
  ])("says what is wrong at the field: %s", async (code, field, sentence) => {
    answers.start_charge = () => Promise.reject(refusal(code));
    await open();
    await press("5");
    await pick("link-web");
    await press("Enter");
    expect(text(`${field}-problem`)).toBe(sentence);
    expect(find(field)?.getAttribute("aria-invalid")).toBe("true");
    expect(document.activeElement).toBe(find(field));
  });

  it.each<Code>(["amount_unit_missing", "pages_missing", "public_key_missing", "wrong_channel", "no_connection"])(
    "says under the amount what belongs to no field: %s",
    async (code) => {
      answers.start_charge = () => Promise.reject(refusal(code));
      await open();
      await press("5");
      await pick("link-web");
      await press("Enter");
      expect(text("charge-problem")).toBe(en.code[code]);
    },
  );

  it("leaves a field with Esc, and the sale with the next", async () => {
    await open();
    await press("5");
    await pick("link-bangkok");
    find("link-account-name")?.focus();
    await write("link-account-name", "Somchai J.");
    await press("Escape");
    expect(document.activeElement?.tagName).toBe("MAIN");
    await press("Escape");
    expect((find("link-account-name") as HTMLInputElement).value).toBe("");
    expect(text("amount-figure")).toContain("0.00");
  });

  it("has the welcome's room: it speaks of the terminal", async () => {
    const practised = { practice: true, account: "practice-links", account_name: "Practice links" };
    const [link] = WEB.terminals;
    if (!link) throw new Error("the account has no link");
    view = overview({ cashier: "", terminals: [...overview().terminals, { ...link, ...practised }] });
    answers.list_payments = () => ({ rows: [], next: null });
    await open();
    expect(find("welcome")).not.toBeNull();
    await pick("link-practice-links");
    expect(find("welcome")).toBeNull();
    await pick("terminal-PRACTICE-1");
    expect(find("welcome")).not.toBeNull();
  });

  it("lets a field inside its label be pressed with a mouse", async () => {
    await open();
    const order = new MouseEvent("mousedown", { bubbles: true, cancelable: true });
    find("order")?.dispatchEvent(order);
    expect(order.defaultPrevented).toBe(false);
    const button = new MouseEvent("mousedown", { bubbles: true, cancelable: true });
    find("key-7")?.dispatchEvent(button);
    expect(button.defaultPrevented).toBe(true);
  });
});

describe("a link that waits", () => {
  it("shows its code, its address and until when it can be paid", async () => {
    await openLive();
    const path = find("qr")?.querySelector("path")?.getAttribute("d");
    expect(path).toBe(shown.page?.qr.path);
    expect(find("qr")?.getAttribute("viewBox")).toBe(`0 0 ${shown.page?.qr.size} ${shown.page?.qr.size}`);
    expect((find("page-url") as HTMLInputElement).value).toBe(shown.page?.url);
    expect(text("page-status")).toMatch(/^Can be paid until .*\d\d:\d\d$/);
    expect(text("state-body")).not.toMatch(/terminal|card/i);
    await clean();
    webview.emit({ kind: "payment", view: paid({ id: shown.id, channel: "link", revision: 9 }) });
    await settled();
    expect(find("qr")).toBeNull();
    expect(find("pay-page")).toBeNull();
    expect(text("state-title")).toBe("Paid");
  });

  it("is copied, and says so", async () => {
    const taken: string[] = [];
    vi.stubGlobal("navigator", { clipboard: { writeText: (one: string) => Promise.resolve(void taken.push(one)) }, languages: ["en"] });
    await openLive();
    await click("page-copy");
    expect(taken).toEqual([shown.page?.url]);
    expect(text("page-status")).toBe("Copied. Send it to the customer.");
  });

  it("says that it could not be copied, and marks the link", async () => {
    vi.stubGlobal("navigator", { languages: ["en"] });
    await openLive();
    await click("page-copy");
    expect(text("page-status")).toContain("press Ctrl+C");
    const field = find("page-url") as HTMLInputElement;
    expect(document.activeElement).toBe(field);
    expect(field.selectionEnd).toBe(shown.page?.url.length);
  });

  it("has no code before it is made", async () => {
    await openLive({ page: null, state: "sending", telling: "sending" });
    expect(find("qr")).toBeNull();
    expect(text("state-title")).toBe("Making the link");
    await press("q");
    expect(find("customer-view")).toBeNull();
    await clean();
  });

  it("is turned to the customer with Q, and back with Esc", async () => {
    await openLive();
    await press("q");
    const customer = find("customer-view");
    expect(customer?.hasAttribute("open")).toBe(true);
    expect(customer?.textContent).toContain("Roma web, order R-20418");
    expect(text("customer-amount")).toBe("MX$350.50");
    expect(customer?.querySelector("path")?.getAttribute("d")).toBe(shown.page?.qr.path);
    await clean();
    // The webview says so for Esc.
    customer?.dispatchEvent(new Event("cancel", { cancelable: true }));
    await settled();
    expect(find("customer-view")).toBeNull();
    expect(webview.requests("cancel_payment")).toEqual([]);
    expect(find("state-band")).not.toBeNull();
  });

  it("thanks the customer only when it is paid", async () => {
    await openLive();
    await click("page-show");
    expect(text("customer-view")).not.toContain("Thank you");
    webview.emit({ kind: "payment", view: paid({ id: shown.id, channel: "link", revision: 9 }) });
    await settled();
    expect(text("customer-view")).toContain("Paid. Thank you!");
    await clean();
    await click("close-dialog");
    expect(text("state-title")).toBe("Paid");
  });

  it("tells the customer when it is over", async () => {
    await openLive();
    await click("page-show");
    const over = paid({ id: shown.id, channel: "link", revision: 9, state: "expired", tone: "cancelled", telling: "expired" });
    webview.emit({ kind: "payment", view: over });
    await settled();
    expect(text("customer-view")).toContain("This link can no longer be paid.");
    expect(text("customer-view")).not.toContain("Thank you");
  });

  it("is made anew after it ran out, once it was looked over", async () => {
    await openLive();
    const over = { open: false, page: null, state: "expired", tone: "cancelled", telling: "expired" } as const;
    webview.emit({ kind: "payment", view: { ...shown, ...over, revision: 9, actions: ["next_customer", "charge_again"], enter: "next_customer" } });
    await settled();
    expect(text("action-charge_again")).toContain("New link for MX$350.50");
    await click("action-charge_again");
    expect(webview.requests("start_charge")).toEqual([]);
    expect(text("amount-figure")).toContain("350.50");
    expect(find("link-form")).not.toBeNull();
    await press("Enter");
    expect(webview.requests("start_charge")).toMatchObject([{ order: "R-20418", account: "web", digits: "35050" }]);
  });

  it("puts the phone of a practice customer beside it", async () => {
    answers.practice_page = () => pageOnPhone();
    answers.practice_page_press = () => pageOnPhone({ presses: [] });
    await openLive({ practice: true });
    expect(text("practice-phone")).toContain("MX$350.50");
    expect(webview.requests("practice_terminal")).toEqual([]);
    expect(document.body.textContent).toContain("use the phone on the right");
    await clean();
    await click("page-press-pay");
    expect(webview.requests("practice_page_press")).toEqual([{ payment: "0193-l", press: "pay" }]);
    expect(find("page-press-pay")).toBeNull();
    expect(find("practice-phone")?.dataset["display"]).toBe("closed");
  });

  it("asks no page of a link that is real", async () => {
    await openLive();
    expect(webview.requests("practice_page")).toEqual([]);
    expect(find("practice-phone")).toBeNull();
  });

  it("closes no window over a terminal that is not there", async () => {
    shown = payment();
    await openLive();
    webview.emit({ kind: "close_asked", open: 1 });
    await settled();
    expect(text("close-window")).not.toMatch(/terminal/i);
  });
});

describe("an account", () => {
  it("is asked for its kind first: each system with a sentence", async () => {
    await open();
    await click("nav-settings");
    await click("account-add");
    expect(find("account-name")).toBeNull();
    expect(document.activeElement?.id).toBe("account-kinds");
    for (const system of ["compago", "compago_link", "one2_pays", "dojo", "lean_rails"] as const) {
      expect(text(`kind-${system}`)).toBe(`${en.system[system].name}${en.system[system].what}`);
    }
    await clean();
    await click("kind-compago_link");
    expect(document.activeElement).toBe(find("account-name"));
    await click("kind-other");
    expect(find("kind-compago")).not.toBeNull();
    expect(find("account-name")).toBeNull();
  });

  it.each([
    ["compago", ["terminal-code-0"], ["account-redirect", "account-public-key", "amount-unit"]],
    ["compago_link", ["account-redirect", "account-homepage"], ["terminal-code-0", "account-public-key", "amount-unit"]],
    ["one2_pays", ["account-public-key", "amount-unit"], ["terminal-code-0", "account-redirect"]],
  ])("has the fields of its kind and no others: %s", async (system, wanted, others) => {
    await open();
    await click("nav-settings");
    await click("account-add");
    await click(`kind-${system}`);
    expect(wanted.filter((testid) => find(testid) === null)).toEqual([]);
    expect(others.filter((testid) => find(testid) !== null)).toEqual([]);
    expect(find("account-key")?.getAttribute("type")).toBe("password");
    await clean();
  });

  it("of links is saved with its pages", async () => {
    answers.save_account = () => WEB;
    await open();
    await click("nav-settings");
    await click("account-add");
    await click("kind-compago_link");
    await write("account-name", "Roma web");
    await write("account-key", "hush");
    await write("account-redirect", "https://roma.example/thanks");
    await write("account-homepage", "https://roma.example/");
    await click("account-save");
    expect(webview.requests("save_account")).toEqual([
      {
        account: null,
        system: "compago_link",
        name: "Roma web",
        base_url: "https://api.harmony.compago.com/api",
        key: "hush",
        terminals: [],
        settings: { homepage_url: "https://roma.example/", redirect_url: "https://roma.example/thanks", public_key: "", amount_unit: null, currency: "MXN", reseller_id: "", generation: null },
      },
    ]);
    expect(text("account-test-result")).toBe("Saved.");
    expect(document.body.innerHTML).not.toContain("hush");
  });

  it("of One2Pays says what is refused until the amounts are chosen", async () => {
    answers.save_account = ({ settings }) => ({ ...BANGKOK, ...settings });
    await open();
    await click("nav-settings");
    expect(text("account-bangkok")).toContain("“100.00” not chosen yet");
    await click("account-bangkok");
    expect(text("amount-unit-hint")).toMatch(/Charges are refused .*sandbox/);
    await clean();
    await pick("amount-unit-major");
    expect(text("amount-unit-hint")).toMatch(/sandbox/);
    await click("account-save");
    expect(webview.requests("save_account")).toMatchObject([{ account: "bangkok", system: "one2_pays", key: null, settings: { amount_unit: "major" } }]);
    await pick("amount-unit-unchosen");
    await click("account-save");
    expect(webview.requests("save_account").at(-1)).toMatchObject({ settings: { amount_unit: null } });
  });

  it.each<[Code, string]>([
    ["pages_missing", "account-homepage-problem"],
    ["address_invalid", "account-homepage-problem"],
    ["key_missing", "account-key-problem"],
  ])("of links says what is wrong at the field: %s", async (code, field) => {
    answers.save_account = () => Promise.reject(refusal(code));
    await open();
    await click("nav-settings");
    await click("account-add");
    await click("kind-compago_link");
    await click("account-save");
    expect(text(field)).toBe(en.code[code]);
    await clean();
  });

  it.each<Code>(["no_connection", "no_such_host", "not_trusted", "key_refused", "key_missing", "provider_fault", "provider_unreadable", "provider_silent", "provider_busy", "keychain_locked", "public_key_missing", "pages_missing"])(
    "says what a failed test found: %s",
    async (problem) => {
      answers.test_account = () => ({ ok: false, problem, took_ms: 3 });
      await open();
      await click("nav-settings");
      await click("account-bangkok");
      await click("account-test");
      expect(webview.requests("test_account")).toEqual([{ account: "bangkok" }]);
      expect(text("account-test-result")).toBe(en.code[problem]);
    },
  );
});
