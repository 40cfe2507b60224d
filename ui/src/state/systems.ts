// The payment systems there are, and what an account of each is asked for.
import type { System } from "../bridge";

/** A part of the form that only some systems need. */
export type Wanted = "terminals" | "pages" | "public_key" | "amount_unit";

/** What is known of a system before anybody has an account there. */
export type Kind = {
  /** Where its API is; empty where its documents do not say (docs.one2pays.com leaves it blank). */
  address: string;
  wants: readonly Wanted[];
};

/** Compago's production address (docs.compago.com/get-started/authentication). */
const COMPAGO_ADDRESS = "https://api.harmony.compago.com/api";

/** The kinds of account. */
export const KINDS: Record<System, Kind> = {
  compago: { address: COMPAGO_ADDRESS, wants: ["terminals"] },
  compago_link: { address: COMPAGO_ADDRESS, wants: ["pages"] },
  one2_pays: { address: "", wants: ["public_key", "amount_unit"] },
};

/** The systems, in the order they are offered. */
export const SYSTEMS: readonly System[] = ["compago", "compago_link", "one2_pays"];
