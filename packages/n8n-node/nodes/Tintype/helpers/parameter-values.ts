import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

/** A parameter of one item as n8n resolves it; `undefined` where it is not set. */
export function readParameter(context: IExecuteFunctions, name: string, itemIndex: number): unknown {
  // n8n throws for a parameter that is not there unless it gets something else to return.
  return context.getNodeParameter(name, itemIndex, null) ?? undefined;
}

/**
 * Numbers arrive from expressions as text more often than not ("512" out of a spreadsheet): what is plainly a number
 * becomes one, an empty text means the default, and anything else is left for the check to name.
 */
export function numberOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text === '') return undefined;
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : value;
}

interface WholeNumber {
  readonly label: string;
  readonly fallback: number;
  readonly minimum: number;
  /** @default unlimited */
  readonly maximum?: number;
}

/** A whole number out of the options, or an error that names the field. */
export function readWholeNumber(
  context: IExecuteFunctions,
  name: string,
  itemIndex: number,
  { label, fallback, minimum, maximum = Number.MAX_SAFE_INTEGER }: WholeNumber,
): number {
  const value = numberOf(readParameter(context, name, itemIndex)) ?? fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum && value <= maximum) return value;
  const range = maximum === Number.MAX_SAFE_INTEGER ? `${minimum} or more` : `from ${minimum} to ${maximum}`;
  throw new NodeOperationError(
    context.getNode(),
    `${label} must be a whole number, ${range}; got ${JSON.stringify(value)}.`,
    { itemIndex, description: fixTheField },
  );
}

/** What to do about a field that holds something else than it may. */
export const fixTheField = 'Correct the field in the Tintype node, or the expression that fills it.';
