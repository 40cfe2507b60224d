// What the till sends, as types and nothing else: components are given views, and have no door to
// the till.
export type * from "./bridge/generated/api";
