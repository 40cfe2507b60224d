// Every message of the page passes here, in a frame of its own that the page cannot reach, before
// it is sealed for the till. What is not one of our commands, or is too large to be, goes no
// further: a page that was tampered with cannot ask for anything a cashier could not.
const COMMANDS = new Set([
  "overview",
  "type_amount",
  "start_charge",
  "start_return",
  "show_payment",
  "cancel_payment",
  "ask_now",
  "witness_payment",
  "act_payment",
  "payment_receipts",
  "list_payments",
  "look_elsewhere",
  "save_account",
  "keep_webhook_secret",
  "remove_account",
  "test_account",
  "account_terminals",
  "list_leftovers",
  "close_leftover",
  "plan_void",
  "start_void",
  "show_void",
  "list_voids",
  "charge_anyway",
  "show_warnings",
  "change_amount",
  "list_inbox",
  "decide_payment",
  "steer_void",
  "prove_void",
  "choose_void_rules",
  "letter_rules",
  "choose_letter_rules",
  "test_letters",
  "payment_letter",
  "send_letter",
  "day_report",
  "close_day",
  "list_days",
  "show_day",
  "day_file",
  "list_audit",
  "verify_audit",
  "export_audit",
  "choose_look",
  "name_cashier",
  "diagnose",
  "practice_terminal",
  "practice_press",
  "practice_page",
  "practice_page_press",
  "sign_in",
  "sign_out",
  "stay_signed_in",
  "asked_approval",
  "approve",
  "add_staff",
  "change_staff",
  "set_pin",
  "change_own_pin",
  "remove_staff",
  "choose_staff_rules",
  "close_anyway",
  "plugin:event|listen",
  "plugin:event|unlisten",
]);
const LONGEST = 16384;
// A list of references may be a file of 4 MiB, in Base64; a selection, twenty thousand names.
const LONGER = { plan_void: 6291456 };

window.__TAURI_ISOLATION_HOOK__ = (message) => {
  const size = JSON.stringify(message.payload ?? null).length;
  if (!COMMANDS.has(message.cmd) || size > (LONGER[message.cmd] ?? LONGEST)) {
    throw new Error("refused: not a command of this till");
  }
  return message;
};

// Tauri's script in this frame says that it is ready 50 ms after it began, and the question that
// fills the screen waits for that. So the word is given now. Tauri's own listener may come a moment
// later, when its key is imported: what arrives until then is kept and handed over. Where it was
// there first, nothing needs to be handed over. That the word is given twice does nothing.
const KEPT = 64;
const early = [];
const keep = (event) => {
  if (early.length < KEPT) early.push(event);
};
const listen = window.addEventListener;
listen.call(window, "message", keep);
window.addEventListener = (kind, listener, ...rest) => {
  listen.call(window, kind, listener, ...rest);
  if (kind !== "message") return;
  window.addEventListener = listen;
  window.removeEventListener("message", keep);
  early.forEach(listener);
};
window.parent.postMessage("__TAURI_ISOLATION_READY__", "*");
