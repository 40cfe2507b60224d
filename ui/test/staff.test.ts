// Who stands at the till: the lock, a manager's word, and a PIN that goes nowhere but to the till.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApprovalView, StaffView } from "../src/bridge/generated/api";
import { call } from "../src/bridge";
import { Screen, screen } from "../src/state/screen.svelte";
import { ownPin } from "../src/state/own_pin.svelte";
import { PinEntry, Staff, staff } from "../src/state/staff.svelte";
import { Till, till } from "../src/state/till.svelte";
import { rehearse, type Answers } from "./double/till";
import type { Webview } from "./double/tauri";
import { NOBODY, ownOverview, paid, refusal } from "./double/views";

const LUZ = { id: "s-luz", name: "Luz", role: "manager" } as const;
const ANA = { id: "s-ana", name: "Ana", role: "cashier" } as const;
const WITH_ANA: StaffView = { ...NOBODY, people: [LUZ, ANA], is_asked: true, signed_in: ANA };
const APPROVAL: ApprovalView = { deed: "refund", order: "R-1", amount: null, payments: 0, sums: [], asked_by: "Ana", by_manager: false, approvers: [LUZ] };
const REFUND = { payment: "p", act: { kind: "refund", digits: "", route: "remote" } } as const;

let answers: Answers;
let webview: Webview;

beforeEach(() => {
  ({ answers, webview } = rehearse());
  till.overview = { ...ownOverview(), staff: WITH_ANA };
  screen.dismiss();
});
afterEach(() => staff.giveUp());

const type = (entry: PinEntry, digits: string) => [...digits].forEach((digit) => entry.press(digit));

describe("what needs a manager", () => {
  it("waits for the PIN, and is then sent once more word for word", async () => {
    let approved = false;
    answers.act_payment = () => {
      if (!approved) throw refusal("needs_approval", "refund");
      return paid();
    };
    answers.asked_approval = () => APPROVAL;
    answers.approve = () => {
      approved = true;
      return APPROVAL;
    };
    const done = call("act_payment", REFUND);
    await expect.poll(() => screen.dialog).toBe("approval");
    expect(staff.entry.person).toBe("s-luz");
    type(staff.entry, "592617");
    await staff.approve();
    expect(staff.entry.problem).toBe("reason_missing");
    expect(webview.requests("approve")).toEqual([]);
    staff.reason = "Wrong size";
    await staff.approve();
    await done;
    expect(webview.requests("approve")).toEqual([{ staff: "s-luz", pin: "592617", reason: "Wrong size" }]);
    expect(webview.requests("act_payment")).toEqual([REFUND, REFUND]);
    expect(screen.dialog).toBe(null);
  });

  it("is left undone when nobody approves it", async () => {
    answers.act_payment = () => {
      throw refusal("needs_approval", "refund");
    };
    answers.asked_approval = () => APPROVAL;
    const done = call("act_payment", REFUND);
    await expect.poll(() => screen.dialog).toBe("approval");
    staff.giveUp();
    await expect(done).rejects.toMatchObject({ code: "needs_approval" });
    expect(webview.requests("act_payment")).toEqual([REFUND]);
  });
});

describe("a PIN", () => {
  it("is gone once it was used, whatever came of it", async () => {
    const entry = new PinEntry();
    entry.begin("s-luz");
    type(entry, "111111");
    const used: string[] = [];
    const taken = await entry.use(async (_, pin) => {
      used.push(pin);
      throw refusal("pin_wrong");
    });
    expect([taken, used, entry.length, entry.problem]).toEqual([false, ["111111"], 0, "pin_wrong"]);
    expect(JSON.stringify(entry)).not.toContain("111111");
  });

  it("is not taken while one has to wait", async () => {
    const entry = new PinEntry();
    entry.begin("s-luz");
    type(entry, "111111");
    await entry.use(async () => {
      throw refusal("pin_locked", "30");
    });
    expect(entry.wait_s).toBe(30);
    type(entry, "592617");
    expect(entry.length).toBe(0);
    entry.choose("s-ana");
    type(entry, "48");
    expect([entry.wait_s, entry.length]).toEqual([0, 2]);
  });
});

describe("the lock", () => {
  it("is there when there are people and nobody of them is signed in", async () => {
    const own = new Till();
    const place = new Staff(own, new Screen());
    own.overview = ownOverview();
    expect(place.locked).toBe(false);
    own.takeStaff(WITH_ANA);
    expect(place.locked).toBe(false);
    answers.sign_out = () => ({ ...WITH_ANA, signed_in: null });
    await place.lock();
    expect(place.locked).toBe(true);
    answers.sign_in = () => WITH_ANA;
    place.entry.choose("s-ana");
    type(place.entry, "4821");
    await place.signIn();
    expect(place.locked).toBe(false);
    expect(webview.requests("sign_in")).toEqual([{ staff: "s-ana", pin: "4821" }]);
  });
});

describe("one's own PIN", () => {
  const MINE = ["4821", "5930", "5930"] as const;

  async function typeAll(pins: readonly string[]): Promise<void> {
    for (const pin of pins) {
      type(ownPin.entry, pin);
      await ownPin.enter();
    }
  }

  beforeEach(() => ownPin.begin());
  afterEach(() => ownPin.leave());

  it("is asked for three times and goes to the till once", async () => {
    answers.change_own_pin = () => WITH_ANA;
    expect(screen.dialog).toBe("own_pin");
    await ownPin.enter();
    expect(ownPin.step).toBe("now");
    await typeAll(MINE);
    expect(webview.requests("change_own_pin")).toEqual([{ pin: "4821", new_pin: "5930", again: "5930" }]);
    expect(ownPin.done).toBe(true);
  });

  it.each([
    ["pin_wrong", "now"],
    ["pin_locked", "now"],
    ["pins_differ", "new"],
    ["pin_trivial", "new"],
  ] as const)("that is refused by %s is typed again from the %s one on", async (code, step) => {
    answers.change_own_pin = () => {
      throw refusal(code, "30");
    };
    await typeAll(MINE);
    expect(ownPin.done).toBe(false);
    expect(ownPin.step).toBe(step);
    expect(ownPin.entry.problem).toBe(code);
  });

  it("does not stay in the page when it is left", async () => {
    type(ownPin.entry, "4821");
    await ownPin.enter();
    ownPin.leave();
    expect(screen.dialog).toBe(null);
    ownPin.begin();
    expect(ownPin.step).toBe("now");
  });
});
