/** Minutes that are looked ahead. */
export const HORIZON = 15;
