/** The reorderings of weak memory order as bits of system.reorderings; what each is: reorderings.ts. */
export const PROTECT_AFTER_PIN_TEST = 1;
export const CLEAR_AFTER_PIN_TEST = 2;
export const PIN_AFTER_RECHECK = 4;
export const EXCLUSIVE_BEFORE_RECHECK = 8;
export const SET_BEFORE_UNEXCLUSIVE = 16;
