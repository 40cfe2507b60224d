// What was made elsewhere, in the whole window: among the payments, in its drawer, and what is left open.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Commands, ElsewhereRowView, ElsewhereView, PaymentRowView } from "../src/bridge";
import { elsewhere } from "../src/state/elsewhere.svelte";
import { voids } from "../src/state/voids.svelte";
import { Webview } from "./double/tauri";
import { ownOverview, payment, pesos, pounds, refusal, row, typed } from "./double/views";
import { clean, click, openWindow, settled, text, write } from "./double/window";

type Answers = { [Name in keyof Commands]?: (request: Commands[Name]["request"]) => unknown };

const READ_AT = "2026-03-14T21:04:05.123Z";

let answers: Answers;
let webview: Webview;
let close: () => Promise<void>;

function theirs(order: string, more: Partial<ElsewhereRowView> = {}): PaymentRowView {
  const one: ElsewhereRowView = {
    account: "bar",
    intent: `pi-${order}`,
    reference: order,
    provider: "Dojo",
    word: "Created",
    is_known: true,
    is_open: true,
    is_gone: false,
    has_link: true,
    last_four: "0226",
    made_at: "2026-03-14T20:00:00.000Z",
    read_at: READ_AT,
    ...more,
  };
  return row(payment({ id: `bar/pi-${order}`, order, cashier: "", account_name: "Bar", terminal_label: "Bar" }), { elsewhere: one });
}

const LISTS: ElsewhereView = {
  accounts: [
    { account: "bar", account_name: "Bar", read_at: READ_AT, problem: null, detail: "", looking: false },
    { account: "roma", account_name: "Roma", read_at: null, problem: "no_list_here", detail: "", looking: false },
    { account: "thai", account_name: "Thai QR", read_at: null, problem: "provider_busy", detail: "429", looking: false },
  ],
  links: [
    { count: 2, sum: pounds("4200"), practice: false },
    { count: 1, sum: pesos("1000"), practice: true },
  ],
};

beforeEach(() => {
  answers = {
    overview: () => ownOverview(),
    type_amount: ({ digits }) => typed(digits),
    list_payments: () => ({ rows: [row(payment({ id: "a", order: "R-1" })), theirs("W-1"), theirs("W-2", { is_gone: true, is_open: false }), theirs("W-3", { is_known: false, word: "settling" })], next: null }),
    look_elsewhere: () => LISTS,
    plan_void: () => ({ plan: "p", lines: [], counts: [], tried: 0, sums: [], repeated: 0, unasked: [], column: "", encoding: "", undo_ms: 0, reasons: [] }),
    choose_void_rules: (void_rules) => ownOverview({ void_rules }),
    diagnose: () => ({ findings: [] }),
  };
  webview = new Webview((command, request) => {
    const answer = answers[command as keyof Commands] as ((request: unknown) => unknown) | undefined;
    if (!answer) throw refusal("bad_request");
    return answer(request);
  }).install();
});

afterEach(async () => {
  voids.clear();
  voids.plan = null;
  voids.view = null;
  elsewhere.shown = null;
  await close();
  document.body.replaceChildren();
});

async function orders(): Promise<void> {
  close = await openWindow();
  await click("nav-payments");
  await settled();
}

describe("what was made elsewhere", () => {
  it("is read when the list is opened, and says how old it is and whose is missing", async () => {
    await orders();
    expect(webview.requests("look_elsewhere")).toEqual([{ is_pressed: false }]);
    const lists = text("elsewhere-lists");
    expect(lists).toContain("Made elsewhere, as of");
    expect(lists).toContain("No list: Roma.");
    expect(lists).toContain("Thai QR: ");
    await click("elsewhere-look");
    expect(webview.requests("look_elsewhere")).toContainEqual({ is_pressed: true });
    await clean();
  });

  it("says why it was not read", async () => {
    answers.look_elsewhere = () => {
      throw refusal("no_connection");
    };
    await orders();
    expect(text("elsewhere-lists")).toContain("not read yet");
  });

  it("is marked, opens its drawer and goes to the dry run by its name", async () => {
    await orders();
    const rows = [...document.querySelectorAll('[data-testid="payments-row"]')].map((one) => one.textContent);
    expect(rows.map((one) => one.includes("Made elsewhere"))).toEqual([false, true, true, true]);
    expect(rows[2]).toContain("Not listed any more");
    expect(rows[3]).toContain("settling");
    const opened = document.querySelectorAll<HTMLElement>('[data-testid="payment-row"]')[1];
    opened?.click();
    await settled();
    const drawer = text("elsewhere-drawer");
    for (const fact of ["W-1", "pi-W-1", "Bar", "Created", "•••• 0226", "Dojo", "could pay it now"]) expect(drawer).toContain(fact);
    await clean();
    await click("elsewhere-void");
    expect(webview.requests("plan_void")).toEqual([{ choice: { kind: "payments", payments: ["bar/pi-W-1"] } }]);
    expect(webview.requests("show_payment")).toEqual([]);
  });

  it("is copied for support, each fact on its line", async () => {
    const clips: string[] = [];
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: (clip: string) => Promise.resolve(void clips.push(clip)) } });
    await orders();
    document.querySelectorAll<HTMLElement>('[data-testid="payment-row"]')[1]?.click();
    await settled();
    await click("elsewhere-copy");
    expect(clips[0]?.split("\n")).toContain("Name at the provider: pi-W-1");
    expect(clips[0]).toContain("Provider says: Created");
    expect(text("elsewhere-copy")).toBe("Copied");
  });

  it("tells what can be paid by a link, practice money apart, and leads to the dry run", async () => {
    await orders();
    expect(text("links-left")).toBe("3 payable, £42.00 + MX$10.00 (practice)");
    await click("void-leftovers");
    expect(webview.requests("plan_void")).toEqual([{ choice: { kind: "leftovers" } }]);
  });

  it("is closed by the till only after what the shop says", async () => {
    close = await openWindow();
    await click("nav-settings");
    await write("void-rules-close", "3");
    await click("void-rules-save");
    expect(webview.requests("choose_void_rules")).toEqual([]);
    expect(document.body.textContent).toContain("Between 5 and 10080 minutes");
    await write("void-rules-close", "30");
    await click("void-rules-save");
    expect(webview.requests("choose_void_rules")).toEqual([{ undo_s: 5, reasons: [], close_links_after_min: 30 }]);
    expect(text("void-rules-save")).toBe("Saved.");
  });
});
