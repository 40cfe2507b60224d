// Every message of the page passes here, in a frame of its own that the page cannot reach, before
// it is sealed for the till. What is not one of our commands, or is too large to be, goes no
// further: a page that was tampered with cannot ask for anything a cashier could not.
const COMMANDS = new Set([
  "overview",
  "type_amount",
  "start_charge",
  "show_payment",
  "cancel_payment",
  "ask_now",
  "witness_payment",
  "list_payments",
  "save_account",
  "remove_account",
  "test_account",
  "choose_look",
  "name_cashier",
  "diagnose",
  "practice_terminal",
  "practice_press",
  "close_anyway",
  "plugin:event|listen",
  "plugin:event|unlisten",
]);
const LONGEST = 16384;

window.__TAURI_ISOLATION_HOOK__ = (message) => {
  const size = JSON.stringify(message.payload ?? null).length;
  if (!COMMANDS.has(message.cmd) || size > LONGEST) {
    throw new Error("refused: not a command of this till");
  }
  return message;
};
