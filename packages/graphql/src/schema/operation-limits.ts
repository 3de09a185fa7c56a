/**
 * How large one operation may be. A generation costs 100 (see `generationCost`), a picture inside the answer 50, a list its
 * length times what is asked of each item: five pictures may be made, or a hundred listed, at once.
 */
export const operationLimits = { complexity: 1_000, depth: 10, breadth: 200 } as const;

export const generationCost = 150;
export const encodedPictureCost = 50;
