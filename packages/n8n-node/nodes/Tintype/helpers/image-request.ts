import {
  extraField,
  requestFieldNames,
  requestFields,
  summarizeIssues,
  validateRequest,
  type ImageRequest,
  type RequestFieldName,
} from '@tintype/core/portable';
import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import { customSize, parseSize } from '../actions/image/size.ts';
import { fixTheField, numberOf, readParameter } from './parameter-values.ts';

// Messages name a field as the panel does.
const labels = Object.fromEntries(requestFieldNames.map((field) => [field, requestFields[field].label])) as Readonly<
  Record<RequestFieldName, string>
>;

/** What one item asks for, checked before anything is sent. */
export function readImageRequest(context: IExecuteFunctions, itemIndex: number): ImageRequest {
  const size = readSize(context, itemIndex);
  const input: Record<string, unknown> = { extra: readExtra(context, itemIndex) };
  for (const field of requestFieldNames) {
    const value = field in size ? size[field] : readParameter(context, field, itemIndex);
    input[labels[field]] = requestFields[field].type === 'string' ? value : numberOf(value);
  }
  const checked = validateRequest(input, { names: labels });
  if (checked.ok) return checked.request;
  throw new NodeOperationError(context.getNode(), summarizeIssues(checked.issues), {
    itemIndex,
    description: fixTheField,
  });
}

/** The width and height that a preset stands for; nothing where Width and Height are given by themselves. */
function readSize(context: IExecuteFunctions, itemIndex: number): Readonly<Partial<Record<RequestFieldName, number>>> {
  const size = readParameter(context, 'size', itemIndex) ?? customSize;
  if (size === customSize) return {};
  const parsed = typeof size === 'string' ? parseSize(size) : undefined;
  if (parsed !== undefined) return parsed;
  throw new NodeOperationError(
    context.getNode(),
    `Size must be "custom", or a width and a height such as 768x512; got ${JSON.stringify(size)}.`,
    { itemIndex, description: fixTheField },
  );
}

function readExtra(context: IExecuteFunctions, itemIndex: number): Record<string, unknown> | undefined {
  const value = readParameter(context, 'options.extra', itemIndex);
  if (value === undefined || value === '') return undefined;
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  throw new NodeOperationError(
    context.getNode(),
    `${extraField.label} must be a JSON object such as {"seed": 7}; got ${shown.slice(0, 60)}.`,
    { itemIndex, description: fixTheField },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
