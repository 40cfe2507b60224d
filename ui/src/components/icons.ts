// Line drawings on a grid of 24, drawn with the colour of the words beside them.

/** The icons. */
export const ICONS = {
  mark: "M5 4h14M7 4v9a5 5 0 0 0 10 0V4M4 20h16",
  charge: "M5.500 5h13a2.500 2.500 0 0 1 2.500 2.500v9a2.500 2.500 0 0 1-2.500 2.500h-13A2.500 2.500 0 0 1 3 16.500v-9A2.500 2.500 0 0 1 5.500 5zM3 10h18M7 15h3",
  payments: "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
  settings:
    "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.100 2.100M16.300 16.300l2.100 2.100M18.400 5.600l-2.100 2.100M7.700 16.300l-2.100 2.100",
  terminal: "M8.500 3h7A2.500 2.500 0 0 1 18 5.500v13a2.500 2.500 0 0 1-2.500 2.500h-7A2.500 2.500 0 0 1 6 18.500v-13A2.500 2.500 0 0 1 8.500 3zM9 7h6M9 13h.01M12 13h.01M15 13h.01M9 17h.01M12 17h.01M15 17h.01",
  link: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2M20 14v6h-4M18 18h.01",
  erase: "M9 5h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H9l-6-7zM11 9.500l5 5M16 9.500l-5 5",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM20 20l-4-4",
  add: "M12 5v14M5 12h14",
  remove: "M6 6l12 12M18 6L6 18",
  check: "M5 12.500l4.500 4.500L19 7.500",
  warn: "M12 6v7.500M12 18v.01",
  dot: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
  wait: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l2.500 2",
  stop: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM6.500 6.500l11 11",
  key: "M14.500 4a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11zM10.500 13.500L4 20v0h3v-2.500h2.500V15M16 8.500h.01",
  open: "M9 6l6 6-6 6",
} as const;

/** The name of an icon. */
export type IconName = keyof typeof ICONS;
