// Money back without a payment in the whole window: the way to it, the question, and the machine.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Commands, OverviewView, PaymentView } from "../src/bridge";
import { Webview } from "./double/tauri";
import { abroad, device, london, londonPaid, ownOverview, pesos, pounds, refusal, row, typed } from "./double/views";
import { clean, click, find, openWindow, pick, settled, text, write } from "./double/window";

type Answers = { [Name in keyof Commands]?: (request: Commands[Name]["request"]) => unknown };

const TERMS = { reason: "Coat brought back", keyed: false };

let shown: PaymentView;
let view: OverviewView;
let answers: Answers;
let webview: Webview;
let close: () => Promise<void>;

beforeEach(() => {
  shown = london();
  view = abroad();
  answers = {
    overview: () => view,
    type_amount: ({ digits, account }) => typed(digits, account === "london" ? pounds : pesos),
    list_payments: () => ({ rows: [row(shown)], next: null }),
    start_return: ({ order, digits, terms }) => (shown = london({ order, amount: pounds(digits), gives_back: terms })),
    show_payment: () => shown,
    act_payment: () => shown,
    witness_payment: () => shown,
    practice_terminal: ({ terminal }) => device({ code: terminal }),
    account_terminals: () => ({ terminals: [] }),
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

async function ask(): Promise<void> {
  close = await openWindow();
  await click("nav-payments");
  await click("give-back");
}

async function openLive(payment: PaymentView): Promise<void> {
  shown = payment;
  view = abroad({ open: [row(payment)] });
  close = await openWindow();
  await click("open-pill");
}

describe("Money back without a payment", () => {
  it("is not offered where no system has it", async () => {
    view = ownOverview();
    close = await openWindow();
    await click("nav-payments");
    expect(find("give-back")).toBeNull();
  });

  it("goes to another card in one press after one was refused", async () => {
    const gives_back = { ...TERMS, keyed: true };
    const declined = london({ state: "declined", telling: "declined", open: false, amount: pounds("1250"), gives_back });
    await openLive({ ...declined, actions: ["next_customer", "return_again"], enter: "next_customer", escape: "next_customer" });
    expect(text("action-return_again")).toContain("Give back £12.50 to another card");
    await clean();
    await click("action-return_again");
    expect(webview.requests("start_return")).toEqual([
      { order: declined.order, digits: "1250", account: "london", terminal: declined.terminal, terms: gives_back },
    ]);
    expect(text("state-title")).toBe("Hold the card to Front till");
  });

  it("is asked for with a reason, never in passing", async () => {
    await ask();
    expect(document.activeElement).toBe(find("close-dialog"));
    await clean();
    await write("return-amount", "1250");
    await write("return-order", "R-7");
    await write("return-reason", TERMS.reason);
    expect(text("return-confirm")).toBe("Give back £12.50 for order R-7");
    await click("return-confirm");
    expect(find("return-dialog")).toBeNull();
    expect(webview.requests("start_return")).toEqual([
      { order: "R-7", digits: "1250", account: "london", terminal: "tm_sandbox_1", terms: TERMS },
    ]);
    expect(text("state-title")).toBe("Hold the card to Front till");
    expect(text("action-cancel")).toContain("Stop giving back");
  });

  it("says at the field what the till refuses", async () => {
    await ask();
    for (const [code, testid] of [
      ["return_reason", "return-reason-problem"],
      ["order_returned", "return-order-problem"],
      ["amount_empty", "return-amount-problem"],
      ["terminal_busy", "return-problem"],
    ] as const) {
      answers.start_return = () => Promise.reject(refusal(code));
      await click("return-confirm");
      expect(text(testid)).not.toBe("");
      expect(find("return-dialog")).not.toBeNull();
    }
  });

  it("names the machine it is for", async () => {
    await ask();
    await pick("return-terminal-london tm_sandbox_2");
    await write("return-amount", "100");
    await click("return-confirm");
    expect(webview.requests("start_return")).toMatchObject([{ terminal: "tm_sandbox_2" }]);
  });

  it("is a person's to tell where nobody knows", async () => {
    const actions = ["witness", "next_customer"] as const;
    await openLive(london({ gives_back: TERMS, state: "not_known", tone: "unknown", telling: "not_known_lost", actions: [...actions] }));
    expect(text("state-title")).toContain("Look at the terminal");
    await click("action-witness");
    expect(find("witness-paid")).toBeNull();
    await pick("witness-given-back");
    await click("witness-confirm");
    expect(webview.requests("witness_payment")).toMatchObject([{ saw: "given_back" }]);
  });
});

describe("The practice machine", () => {
  const atMachine = { practice: true, account: "practice" } as const;

  it("is there when money of a paid payment goes back on it", async () => {
    await openLive(londonPaid({ ...atMachine, on_machine: true }));
    expect(webview.requests("practice_terminal")).toHaveLength(1);
    expect(find("press-tap")).not.toBeNull();
    webview.emit({ kind: "payment", view: londonPaid({ ...atMachine, on_machine: false, revision: 99 }) });
    await settled();
    expect(find("press-tap")).toBeNull();
  });

  it("is not there for a payment that has nothing to do with it", async () => {
    await openLive(londonPaid(atMachine));
    expect(webview.requests("practice_terminal")).toEqual([]);
  });
});
