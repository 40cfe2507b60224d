// What an account of each payment system is asked for.
import type { Generation, System } from "../bridge";

/** A part of the form that only some systems need. */
export type Wanted = "terminals" | "machines" | "pages" | "public_key" | "amount_unit" | "reseller_id" | "generation";

/** What is known of a system before anybody has an account there. */
export type Kind = {
  /** Where its API is; empty where its documents do not say (docs.one2pays.com leaves it blank). */
  address: string;
  wants: readonly Wanted[];
};

/** Compago's production address (docs.compago.com/get-started/authentication). */
const COMPAGO_ADDRESS = "https://api.harmony.compago.com/api";

/** Dojo's address, for real and test keys alike (docs.dojo.tech/api). */
const DOJO_ADDRESS = "https://api.dojo.tech";

/** Where the APIs of LeanRails are (docs.leanrails.com/quickstart; github.com/fluveohq). */
export const GENERATION_ADDRESSES: Record<Generation, string> = {
  json: "https://api.leanrails.com/v1",
  form: "https://api.fluveo.dev/v1",
};

/** The kinds of account. */
export const KINDS: Record<System, Kind> = {
  compago: { address: COMPAGO_ADDRESS, wants: ["terminals"] },
  compago_link: { address: COMPAGO_ADDRESS, wants: ["pages"] },
  one2_pays: { address: "", wants: ["public_key", "amount_unit"] },
  dojo: { address: DOJO_ADDRESS, wants: ["machines", "reseller_id"] },
  lean_rails: { address: GENERATION_ADDRESSES.json, wants: ["generation"] },
};
