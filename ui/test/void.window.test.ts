// Withdrawing several payments at once in the whole window: selected, looked at, undone, followed.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Commands, VoidHeadView, VoidLineView, VoidPlanView, VoidView } from "../src/bridge";
import { voids } from "../src/state/voids.svelte";
import { Webview } from "./double/tauri";
import { ownOverview, payment, pesos, refusal, row, typed } from "./double/views";
import { clean, click, find, openWindow, press, settled, text, write } from "./double/window";

type Answers = { [Name in keyof Commands]?: (request: Commands[Name]["request"]) => unknown };

let answers: Answers;
let webview: Webview;
let close: () => Promise<void>;

function line(order: string, more: Partial<VoidLineView> = {}): VoidLineView {
  return {
    given: order,
    payment: order,
    reference: order,
    amount: pesos("35050"),
    account_name: "Roma web",
    intent: "pi-1",
    is_leftover: false,
    before: "waiting",
    after: null,
    verdict: "will_cancel",
    outcome: null,
    asked_at: null,
    ended_at: null,
    ...more,
  };
}

function plan(lines: VoidLineView[]): VoidPlanView {
  const tried = lines.filter((one) => one.verdict === "will_cancel").length;
  return {
    plan: "plan-1",
    lines,
    counts: [{ verdict: "will_cancel", count: tried }],
    tried,
    sums: [pesos("70100")],
    repeated: 0,
    unasked: [],
    column: "",
    encoding: "",
    undo_ms: 5000,
    reasons: [],
  };
}

function head(more: Partial<VoidHeadView> = {}): VoidHeadView {
  return {
    batch: "batch-1",
    by_till: false,
    step: "undo",
    by: "Ana R.",
    reason: "Duplicate",
    note: "",
    asked_at: "2026-03-14T21:04:05.123Z",
    undo_left_ms: 5000,
    total: 2,
    tried: 2,
    begun: 0,
    counts: [{ outcome: "queued", count: 2 }],
    sums: [],
    ...more,
  };
}

let batch: VoidView;

beforeEach(() => {
  const lines = [line("R-1"), line("R-2")];
  batch = { head: head(), lines: lines.map((one) => ({ ...one, outcome: "queued" as const })) };
  answers = {
    overview: () => ownOverview(),
    type_amount: ({ digits }) => typed(digits),
    show_payment: () => payment(),
    list_payments: () => ({ rows: [row(payment({ id: "R-1", order: "R-1" })), row(payment({ id: "R-2", order: "R-2" }))], next: null }),
    plan_void: () => plan(lines),
    start_void: () => batch,
    show_void: () => batch,
    steer_void: () => batch.head,
    prove_void: ({ form }) => ({ name: `void.${form}`, path: `/data/exports/void.${form}`, base64: "" }),
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
  voids.text = "";
  await close();
  document.body.replaceChildren();
});

async function select(): Promise<void> {
  close = await openWindow();
  await click("nav-payments");
  await click("pick-R-1");
  await click("pick-R-2");
}

async function choose(reason: string): Promise<void> {
  const list = find("void-reason") as HTMLSelectElement;
  list.value = reason;
  list.dispatchEvent(new Event("change", { bubbles: true }));
  await settled();
}

describe("a void", () => {
  it("shows what would happen and is named with its number and sum", async () => {
    await select();
    expect(text("selection")).toContain("2 selected");
    await click("selection-void");
    expect(webview.requests("plan_void")).toEqual([{ choice: { kind: "payments", payments: ["R-1", "R-2"] } }]);
    expect(text("void-confirm")).toBe("Void 2 for MX$701.00");
    expect(text("void-counts")).toContain("Will be cancelled");
    await clean();
  });

  it("needs a reason, can be undone with Esc, and tells what was left alone", async () => {
    await select();
    await click("selection-void");
    await click("void-confirm");
    expect(webview.requests("start_void")).toEqual([]);
    await choose("Duplicate");
    await click("void-confirm");
    expect(webview.requests("start_void")).toEqual([{ plan: "plan-1", reason: "Duplicate", note: "" }]);
    expect(text("void-undo-left")).toBe("Voiding 2 in 5 s");
    await clean();
    const stopped = head({ step: "stopped", undo_left_ms: 0, counts: [{ outcome: "left_alone", count: 2 }] });
    batch = { head: stopped, lines: batch.lines.map((one) => ({ ...one, outcome: "left_alone" as const })) };
    await press("Escape");
    expect(webview.requests("steer_void")).toEqual([{ batch: "batch-1", wish: "stop" }]);
    await settled();
    expect(text("void-counts")).toContain("Left alone");
  });

  it("is followed by what the till pushes, and its proof is saved", async () => {
    await select();
    await click("selection-void");
    await choose("Duplicate");
    await click("void-confirm");
    const done = head({
      step: "finished",
      undo_left_ms: 0,
      begun: 2,
      counts: [
        { outcome: "cancelled", count: 1 },
        { outcome: "paid_before", count: 1 },
      ],
      sums: [pesos("35050")],
    });
    batch = { head: done, lines: [line("R-1", { outcome: "cancelled" }), line("R-2", { outcome: "paid_before" })] };
    webview.emit({ kind: "void", head: done });
    await settled();
    expect(text("void-counts")).toContain("Paid before your void: keep it or give it back");
    expect(text("void-withdrawn")).toBe("Cancelled: MX$350.50");
    await clean();
    for (const form of ["csv", "pdf"]) {
      await click(`void-prove-${form}`);
      expect(text("void-saved")).toBe(`Saved as /data/exports/void.${form}`);
    }
    const asked = webview.requests("prove_void") as { batch: string; form: string; words: Record<string, string> }[];
    expect(asked.map((one) => [one.batch, one.form])).toEqual([
      ["batch-1", "csv"],
      ["batch-1", "pdf"],
    ]);
    expect(asked[1]?.words["outcome.cancelled"]).toBe("Cancelled, nothing was taken");
    expect(asked[1]?.words["proof.title"]).toBe("Proof of a void");
    expect(asked[1]?.words["paper.page"]).toBe("Page {page} of {pages}");
    await click("void-close");
    expect(find("selection")).toBeNull();
  });

  it("takes a list that was pasted, and says which columns a file has", async () => {
    answers.plan_void = () => {
      throw refusal("void_list_columns", "name, amount");
    };
    close = await openWindow();
    await click("nav-payments");
    await click("void-list-open");
    await write("void-list", "name,amount\nñ,1");
    await click("void-list-check");
    await new Promise((done) => setTimeout(done, 50));
    await settled();
    expect(text("void-list-problem")).toContain("name, amount");
    const [asked] = webview.requests("plan_void") as { choice: { base64: string } }[];
    const bytes = Uint8Array.from(atob(asked?.choice.base64 ?? ""), (letter) => letter.charCodeAt(0));
    expect(new TextDecoder().decode(bytes)).toBe("name,amount\nñ,1");
    await clean();
  });

  it("is found again with who, why and what became of it", async () => {
    const done = head({ step: "finished", begun: 2, counts: [{ outcome: "cancelled", count: 2 }], reason: "Event cancelled" });
    answers.list_voids = () => ({ rows: [done] });
    close = await openWindow();
    await click("nav-payments");
    await click("voids-open");
    expect(text("voids")).toContain("Event cancelled");
    expect(text("voids")).toContain("2 of 2");
    await clean();
    await click("void-prove-pdf");
    expect(webview.requests("prove_void")).toMatchObject([{ batch: "batch-1", form: "pdf", is_saved: true }]);
    expect(webview.requests("show_void")).toEqual([]);
    expect(text("void-saved")).toBe("Saved as /data/exports/void.pdf");
    batch = { ...batch, head: done };
    await click("void-earlier");
    expect(webview.requests("show_void")).toContainEqual({ batch: done.batch });
    expect(text("void-bar")).toContain("Proof as PDF");
  });

  it("has the shop's own reasons and time to undo", async () => {
    answers.choose_void_rules = (void_rules) => ownOverview({ void_rules });
    answers.diagnose = () => ({ findings: [] });
    close = await openWindow();
    await click("nav-settings");
    const lines = find("void-rules-reasons") as HTMLTextAreaElement;
    lines.value = "Double order\n\n Guest left ";
    lines.dispatchEvent(new Event("input", { bubbles: true }));
    await settled();
    await click("void-rules-save");
    expect(webview.requests("choose_void_rules")).toEqual([{ undo_s: 5, reasons: ["Double order", "Guest left"], close_links_after_min: null }]);
    expect(text("void-rules-save")).toBe("Saved.");
  });

  it("keeps twenty thousand lines off the page", async () => {
    const lines = Array.from({ length: 20_000 }, (_, number) => line(`R-${number}`));
    answers.plan_void = () => plan(lines);
    await select();
    await click("selection-void");
    const shown = document.querySelectorAll('[data-testid="void-row"]').length;
    expect(shown).toBeGreaterThan(5);
    expect(shown).toBeLessThan(60);
  });
});
