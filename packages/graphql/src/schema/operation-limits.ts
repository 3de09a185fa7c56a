/**
 * How large one operation may be. Each field costs 1, a list its length times what is asked of each item: six pictures may be
 * made at once, twenty come back inside the answer, and lists of a hundred be asked for in full.
 */
export const operationLimits = { complexity: 10_000, depth: 10, breadth: 300 } as const;

export const generationCost = 1_500;
export const encodedPictureCost = 500;

/** For lists that no one asks a length of, such as the attempts of a job. */
export const shortListLength = 3;
