// Payment links over the real bridge: what is typed, what is shown, what a practice customer presses.
import { beforeEach, describe, expect, it } from "vitest";
import type { PaymentView } from "../src/bridge";
import { Copied } from "../src/state/copied.svelte";
import { ShownPayment } from "../src/state/payment.svelte";
import { PracticePhone } from "../src/state/phone.svelte";
import { Sale } from "../src/state/sale.svelte";
import { Screen } from "../src/state/screen.svelte";
import { Till } from "../src/state/till.svelte";
import { speech, until } from "../src/text/speak.svelte";
import { tell, tellDetail, tellLine } from "../src/text/telling";
import { later, type Webview } from "./double/tauri";
import { rehearse, type Answers } from "./double/till";
import { ended, everyKind, line, linked, pageOnPhone, paid, payment, refusal } from "./double/views";

let answers: Answers;
let webview: Webview;
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  speech.tongue = "en";
  ({ answers, webview } = rehearse());
  answers.overview = () => everyKind();
  answers.start_charge = ({ order }) => linked({ order });
});

const COMPAGO_LINK = 3;
const ONE2PAYS = 4;

async function openSale(number: number): Promise<Sale> {
  const till = new Till();
  await till.refresh();
  const sale = new Sale(till);
  sale.chooseNumber(number);
  for (const digit of "35050") sale.press(digit);
  await settled();
  return sale;
}

describe("a sale by a link", () => {
  it("is charged with what is suggested", async () => {
    const sale = await openSale(COMPAGO_LINK);
    expect(await sale.charge()).not.toBeNull();
    expect(webview.requests("start_charge")).toEqual([
      {
        order: "R-20418",
        digits: "35050",
        account: "web",
        terminal: "",
        link: { description: "Roma web, order R-20418", minutes: 60, method: null, payer: null, billing: null, language: null },
        sale: null,
        card: null,
      },
    ]);
  });

  it("tells whom the bill is for where somebody wrote it, and forgets it with the sale", async () => {
    const sale = await openSale(COMPAGO_LINK);
    sale.link.billing.email = " ana@example.mx ";
    expect(await sale.charge()).not.toBeNull();
    expect(webview.requests("start_charge").at(-1)).toMatchObject({ link: { billing: { email: " ana@example.mx ", city: "" } } });
    sale.link.clear();
    expect(sale.link.billing.email).toBe("");
    sale.link.blame("billing_invalid");
    expect([sale.link.problem, sale.link.billingOpen]).toEqual(["billing", true]);
  });

  it("suggests the order that is written, until a description is", async () => {
    const sale = await openSale(COMPAGO_LINK);
    sale.order = "TABLE 4";
    expect(sale.link.description).toBe("Roma web, order TABLE 4");
    sale.link.description = "Two coffees";
    sale.order = "TABLE 5";
    expect(sale.link.description).toBe("Two coffees");
  });

  it("sends who pays only where it is asked for, and forgets it then", async () => {
    const sale = await openSale(ONE2PAYS);
    Object.assign(sale.link.payer, { account_name: "Somchai J.", account_number: "123-4-56789-0", bank_code: "004" });
    sale.link.method = "bank_transfer";
    await sale.charge();
    const payer = { account_name: "Somchai J.", account_number: "123-4-56789-0", bank_code: "004" };
    expect(webview.requests("start_charge")).toMatchObject([{ link: { minutes: 15, method: "bank_transfer", payer } }]);
    expect(sale.link.payer).toEqual({ account_name: "", account_number: "", bank_code: "" });
    sale.link.payer.account_name = "Somchai J.";
    sale.chooseNumber(COMPAGO_LINK);
    sale.press("5");
    expect(await sale.charge()).not.toBeNull();
    expect(webview.requests("start_charge").at(-1)).toMatchObject({ link: { payer: null } });
  });

  it("goes to a terminal without a link", async () => {
    const sale = await openSale(1);
    await sale.charge();
    expect(webview.requests("start_charge")).toMatchObject([{ terminal: "TERMINAL-001", link: null }]);
  });

  it("takes the limits and the methods of another account", async () => {
    const sale = await openSale(COMPAGO_LINK);
    sale.link.minutes = "2880";
    sale.chooseNumber(ONE2PAYS);
    expect(sale.link.minutes).toBe("15");
    expect(sale.link.method).toBe("prompt_pay");
    sale.chooseNumber(COMPAGO_LINK);
    expect(sale.link.minutes).toBe("60");
    expect(sale.link.method).toBeNull();
  });

  it.each(["", "x", "-5", "1.5", "99999", "1e3"])("lets the till refuse %j minutes", async (minutes) => {
    const sale = await openSale(COMPAGO_LINK);
    sale.link.minutes = minutes;
    answers.start_charge = () => Promise.reject(refusal("link_minutes"));
    expect(await sale.charge()).toBeNull();
    expect(webview.requests("start_charge")).toMatchObject([{ link: { minutes: 0 } }]);
    expect(sale.link.problem).toBe("minutes");
  });

  it.each([
    ["account_name", { account_name: " ", account_number: "", bank_code: "" }],
    ["account_number", { account_name: "Ana", account_number: "12345", bank_code: "004" }],
    ["account_number", { account_name: "Ana", account_number: "12x45678", bank_code: "004" }],
    ["bank_code", { account_name: "Ana", account_number: "123 456-7", bank_code: "4" }],
    ["account_name", { account_name: "A\u0007na", account_number: "1234567", bank_code: "004" }],
  ])("finds the field that a refused payer is about: %s", async (field, payer) => {
    const sale = await openSale(ONE2PAYS);
    Object.assign(sale.link.payer, payer);
    answers.start_charge = () => Promise.reject(refusal("payer_invalid"));
    await sale.charge();
    expect(sale.link.problem).toBe(field);
    sale.touch();
    expect(sale.link.problem).toBeNull();
    expect(sale.problem).toBeNull();
  });

  it("keeps what was written when it is refused, and forgets it when the sale is cleared", async () => {
    const sale = await openSale(ONE2PAYS);
    sale.link.description = "Two coffees";
    sale.link.payer.account_name = "Ana";
    answers.start_charge = () => Promise.reject(refusal("amount_unit_missing"));
    await sale.charge();
    expect(sale.problem).toBe("amount_unit_missing");
    expect(sale.link.problem).toBeNull();
    expect(sale.link.payer.account_name).toBe("Ana");
    sale.clear();
    expect(sale.link.payer.account_name).toBe("");
    expect(sale.link.description).toBe("Bangkok, order R-20418");
  });

  it("is taken up again to be looked over: nothing is charged yet", async () => {
    const sale = await openSale(ONE2PAYS);
    Object.assign(sale.link.payer, { account_name: "Ana", account_number: "1234567", bank_code: "004" });
    sale.link.description = "Two coffees";
    sale.link.minutes = "30";
    sale.link.method = "bank_transfer";
    answers.start_charge = ({ order, link }) => linked({ order, account: "bangkok", link });
    const made = (await sale.charge()) as PaymentView;
    expect(made.link?.description).toBe("Two coffees");
    sale.chooseNumber(1);
    const screen = new Screen();
    const shown = new ShownPayment(screen, sale);
    shown.show({ ...made, state: "expired", open: false, page: null, actions: ["next_customer", "charge_again"] });
    await shown.act("charge_again");
    expect(webview.requests("start_charge").length).toBe(1);
    expect(screen.name).toBe("charge");
    expect(sale.terminal?.account).toBe("bangkok");
    expect(sale.digits).toBe("35050");
    expect(sale.order).toBe("R-20418");
    expect(sale.link).toMatchObject({ description: "Two coffees", minutes: "30", method: "bank_transfer" });
    expect(sale.link.payer.account_name).toBe("");
  });

  it("is taken up again though another window made it", async () => {
    const sale = await openSale(1);
    sale.again(linked({ id: "elsewhere", link: { description: "Two blankets", minutes: 90, method: null } }));
    expect(sale.terminal?.account).toBe("web");
    expect(sale.link).toMatchObject({ description: "Two blankets", minutes: "90" });
  });
});

describe("the practice customer's phone", () => {
  it("shows the page once there is one, and follows it", async () => {
    const phone = new PracticePhone();
    await phone.watch("0193-l");
    expect(phone.view).toBeNull();
    answers.practice_page = () => pageOnPhone();
    await phone.look();
    expect(phone.view?.presses).toEqual(["pay", "decline", "walk_away"]);
    answers.practice_page = () => pageOnPhone({ paid: true, presses: [] });
    await phone.look();
    expect(phone.view?.paid).toBe(true);
  });

  it("presses once at a time, and is not set back by an older look", async () => {
    const phone = new PracticePhone();
    answers.practice_page = () => pageOnPhone();
    await phone.watch("0193-l");
    const slow = later<unknown>();
    answers.practice_page = () => slow.promise;
    answers.practice_page_press = () => pageOnPhone({ presses: [] });
    const looking = phone.look();
    await Promise.all([phone.press("pay"), phone.press("pay")]);
    slow.keep(pageOnPhone());
    await looking;
    expect(webview.requests("practice_page_press")).toEqual([{ payment: "0193-l", press: "pay" }]);
    expect(phone.view?.presses).toEqual([]);
  });

  it("says what cannot be pressed, and does not look at a page it has left", async () => {
    const phone = new PracticePhone();
    answers.practice_page = () => pageOnPhone();
    await phone.watch("0193-l");
    answers.practice_page_press = () => Promise.reject(refusal("practice_refused"));
    await phone.press("decline");
    expect(phone.problem).toBe("practice_refused");
    expect(phone.pressing).toBe(false);
    await phone.watch(null);
    const asked = webview.asked.length;
    await phone.look();
    expect(phone.view).toBeNull();
    expect(webview.asked.length).toBe(asked);
  });
});

describe("copying", () => {
  it("says that it was done, or that it was not", async () => {
    const taken: string[] = [];
    let isOpen = true;
    const copied = new Copied((text) => {
      if (!isOpen) return Promise.reject(new Error("no"));
      taken.push(text);
      return Promise.resolve();
    });
    await copied.copy("https://pay.example/1");
    expect(taken).toEqual(["https://pay.example/1"]);
    expect(copied.text).toBe("https://pay.example/1");
    isOpen = false;
    await copied.copy("https://pay.example/2");
    expect(copied.text).toBeNull();
    expect(copied.refused).toBe("https://pay.example/2");
  });
});

describe("what is told of a link", () => {
  it("has words of its own where those of a terminal would be wrong", () => {
    const expired = { ...ended("expired", "expired"), channel: "link" as const };
    expect(tell(expired, "body")).toMatch(/^The link ran out/);
    expect(tell(ended("expired", "expired"), "body")).toMatch(/Counter left/);
    expect(tell({ ...paid(), channel: "link" }, "title")).toBe("Paid");
    expect(tell(linked(), "title")).toBe("Waiting for the customer");
    expect(tell(payment(), "title")).toBe("Waiting for the card");
  });

  it("has lines of its own in the timeline", () => {
    const LINK = { channel: "link", gives_back: null } as const;
    expect(tellLine(line("processing", 7), LINK)).toBe("The customer is paying");
    expect(tellLine(line("processing", 7), { channel: "terminal", gives_back: null })).toBe("Checking the card");
    expect(tellDetail(line("accepted", 7, "done", { intent: "" }), LINK)).toBe("");
    expect(tellDetail(line("accepted", 7), LINK)).toMatch(/^payment 3f1c/);
  });

  it("says the day only where it is another", () => {
    const now = new Date(2026, 10, 21, 14, 32);
    expect(until(new Date(2026, 10, 21, 15, 5).toISOString(), now)).toBe("15:05");
    expect(until(new Date(2026, 10, 22, 15, 5).toISOString(), now)).toBe("22 Nov, 15:05");
  });
});
