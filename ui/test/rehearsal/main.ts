// Plays a scene: the real window and the real bridge over a till that answers from a script.
import axe from "axe-core";
import type { Commands } from "../../src/bridge/generated/api";
import { Webview } from "../double/tauri";
import { baht, dayReport, noLetters, paid, payment, pesos, pounds, refusal, typed, verdict } from "../double/views";
import { sceneOf } from "./scenes";

const query = new URLSearchParams(location.search);
const scene = sceneOf(query);
let shown = scene.payment;

const MONEY: Record<string, typeof pesos> = { bangkok: baht, london: pounds };

/** What every command answers. */
const ANSWERS: { [Name in keyof Commands]: (request: Commands[Name]["request"]) => Commands[Name]["view"] } = {
  overview: () => scene.overview,
  type_amount: ({ digits, account }) => typed(digits, MONEY[account] ?? pesos),
  start_return: ({ order, digits, terminal, terms }) => {
    if (terms.reason.trim() === "") throw refusal("return_reason");
    shown = payment({ id: `n-${order}`, order, terminal, amount: pesos(digits), gives_back: terms });
    return shown;
  },
  start_charge: ({ order, digits, link, card, sale }) => {
    if (link?.payer) throw refusal("payer_invalid");
    if (card?.card === "") throw refusal("card_invalid");
    if (sale?.lines.some((one) => one.name === "")) throw refusal("item_invalid");
    shown = payment({ id: `n-${order}`, order, amount: pesos(digits) });
    return shown;
  },
  show_payment: () => shown ?? payment(),
  cancel_payment: () => shown ?? payment(),
  ask_now: () => shown ?? payment(),
  witness_payment: () => paid({ telling: "paid_by_hand", tone: "unknown" }),
  act_payment: () => {
    if (scene.refuse) throw refusal("needs_approval", "refund");
    return shown ?? payment();
  },
  payment_receipts: () => scene.receipts ?? { customer: [], merchant: [] },
  account_terminals: () => {
    if (!scene.machines) throw refusal("key_refused");
    return { terminals: [...scene.machines] };
  },
  list_leftovers: () => ({ rows: [...(scene.leftovers ?? [])] }),
  close_leftover: () => ({ rows: [] }),
  plan_void: () => {
    throw refusal("void_nothing");
  },
  start_void: () => {
    throw refusal("void_plan_gone");
  },
  show_void: () => {
    throw refusal("void_unknown");
  },
  day_report: () => dayReport(),
  close_day: () => dayReport({ closed: true, by: "Ana R." }),
  list_days: () => ({ rows: [] }),
  show_day: ({ number }) => dayReport({ number, closed: true }),
  day_file: () => ({ name: "day-0001.pdf", path: "/exports/day-0001.pdf", base64: "" }),
  list_audit: () => ({ rows: [], next: null }),
  verify_audit: () => verdict(),
  export_audit: () => ({ name: "journal-4.csv", path: "/exports/journal-4.csv", base64: "" }),
  list_voids: () => ({ rows: [] }),
  charge_anyway: () => {
    throw refusal("bad_request");
  },
  show_warnings: () => ({ warnings: [] }),
  change_amount: () => {
    throw refusal("too_late");
  },
  list_inbox: () => ({ items: [] }),
  decide_payment: () => {
    throw refusal("too_late");
  },
  steer_void: () => {
    throw refusal("void_unknown");
  },
  prove_void: () => {
    throw refusal("void_unknown");
  },
  choose_void_rules: () => scene.overview,
  list_payments: () => ({ rows: [...(scene.rows ?? [])], next: (scene.rows?.length ?? 0) > 10 ? "more" : null }),
  look_elsewhere: () => scene.overview.elsewhere,
  save_account: () => {
    throw refusal("key_missing");
  },
  keep_webhook_secret: () => {
    throw refusal("keychain_locked");
  },
  remove_account: () => scene.overview,
  test_account: () => ({ ok: true, problem: null, took_ms: 84 }),
  choose_look: ({ language, theme }) => ({ ...scene.overview, language, theme }),
  name_cashier: ({ name }) => ({ ...scene.overview, cashier: name }),
  diagnose: () => scene.diagnosis ?? { findings: [] },
  practice_terminal: () => {
    if (!scene.device) throw refusal("practice_missing");
    return scene.device;
  },
  practice_press: () => {
    throw refusal("practice_refused");
  },
  practice_page: () => {
    if (!scene.phone) throw refusal("practice_missing");
    return scene.phone;
  },
  sign_in: () => scene.overview.staff,
  sign_out: () => scene.overview.staff,
  stay_signed_in: () => ({ signed_in: true }),
  asked_approval: () => ({
    deed: "refund",
    order: "R-20418",
    amount: pounds("35050"),
    payments: 0,
    sums: [],
    asked_by: "Ana R.",
    by_manager: false,
    approvers: scene.overview.staff.people.filter((person) => person.role === "manager"),
  }),
  approve: () => ({ deed: "refund", order: "", amount: null, payments: 0, sums: [], asked_by: "", by_manager: false, approvers: [] }),
  add_staff: () => scene.overview.staff,
  change_staff: () => scene.overview.staff,
  set_pin: () => scene.overview.staff,
  change_own_pin: () => scene.overview.staff,
  remove_staff: () => scene.overview.staff,
  choose_staff_rules: () => scene.overview.staff,
  letter_rules: () => noLetters(),
  choose_letter_rules: () => noLetters(),
  test_letters: () => ({ ok: true, said: "" }),
  payment_letter: () => ({ letter: null }),
  send_letter: () => ({ letter: null }),
  practice_page_press: () => {
    throw refusal("practice_refused");
  },
};

const webview = new Webview((command, request) => {
  const answer = ANSWERS[command as keyof Commands] as (request: unknown) => unknown;
  return answer(request);
}).install();

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const press = (key: string) => window.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

async function play(): Promise<void> {
  await import("../../src/main");
  await pause(120);
  if (scene.payment) {
    const { payment: state } = await import("../../src/state/payment.svelte");
    await state.open(scene.payment.id);
  }
  for (const digit of scene.digits ?? "") press(digit);
  await pause(60);
  for (const testid of scene.click ?? []) {
    document.querySelector<HTMLElement>(`[data-testid="${testid}"]`)?.click();
    await pause(60);
  }
  for (const [testid, value] of Object.entries(scene.write ?? {})) {
    const field = document.querySelector<HTMLInputElement>(`[data-testid="${testid}"]`);
    if (!field) continue;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await pause(60);
  }
  for (const testid of scene.after ?? []) {
    document.querySelector<HTMLElement>(`[data-testid="${testid}"]`)?.click();
    await pause(60);
  }
  for (const key of scene.keys ?? []) press(key);
  if (scene.notice) webview.emit(scene.notice);
  await pause(120);
  if (query.has("axe")) await report();
  document.body.dataset["played"] = "true";
}

/** Writes what axe finds, and what does not fit, where a script can read it. */
async function report(): Promise<void> {
  const found = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
  const violations = found.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`) }));
  const page = document.documentElement;
  const overflowing = [...document.querySelectorAll<HTMLElement>("main :not(input), header *, dialog :not(input)")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && getComputedStyle(one).overflowX !== "visible")
    .map((one) => `${one.tagName}.${one.className}: ${one.textContent?.slice(0, 60)}`);
  const spilling = page.scrollWidth > page.clientWidth || page.scrollHeight > page.clientHeight;
  document.title = JSON.stringify({ violations, overflowing, spilling });
}

void play();
