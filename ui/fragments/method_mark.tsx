import type { PaymentMethod } from "../contract.ts";

const drawings: Readonly<Record<PaymentMethod, string>> = {
  CARD: "M3 6h18v12H3zM3 10h18M6 15h4",
  VIRTUAL_ACCOUNT: "M4 10h16L12 4zM6 10v7m4-7v7m4-7v7m4-7v7M4 20h16",
  TRANSFER: "M4 9h14l-4-4M20 15H6l4 4",
  MOBILE_PHONE: "M8 3h8v18H8zM11 18h2",
  TOSSPAY: "M4 8c0-2 1-3 3-3h10c2 0 3 1 3 3v8c0 2-1 3-3 3H7c-2 0-3-1-3-3zM8 9h8m-4 0v6",
  NAVERPAY: "M4 8c0-2 1-3 3-3h10c2 0 3 1 3 3v8c0 2-1 3-3 3H7c-2 0-3-1-3-3zM9 15V9l6 6V9",
  KAKAOPAY: "M12 5c5 0 9 2.7 9 6.200S17 17.5 12 17.500l-4 2.5.5-3C5 16 3 14 3 11.2 3 7.7 7 5 12 5",
};

/** A neutral line drawing, because the companies' guidelines restrict the use of their logos. */
export const MethodMark = ({ method }: { method: PaymentMethod }) => (
  <svg
    class="icon"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    <path d={drawings[method]} />
  </svg>
);
