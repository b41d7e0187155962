/** Where a search stops when nobody says otherwise. */
export const defaultMaxStates = 5_000_000;
