import { extraField, requestFields, type FieldDeclaration, type RequestFieldName } from '@tintype/core/portable';
import type { INodeProperties } from 'n8n-workflow';
import { batchingDescription } from '../../helpers/batching.ts';
import { coldStartDescription, maxRetriesDescription, timeoutDescription } from '../../helpers/waiting.ts';
import { customSize, sizeDescription } from './size.ts';

const forCustomSize = { show: { size: [customSize] } };

/** What the panel shows for Generate: the contract's fields under their own names, then what only n8n needs. */
export const generateProperties: INodeProperties[] = [
  { ...textProperty('prompt'), required: true, typeOptions: { rows: 4 } },
  { ...textProperty('negativePrompt'), typeOptions: { rows: 2 } },
  sizeDescription,
  { ...numberProperty('width'), displayOptions: forCustomSize },
  { ...numberProperty('height'), displayOptions: forCustomSize },
  numberProperty('guidanceScale'),
  numberProperty('inferenceSteps'),
  {
    displayName: 'Put Output in Field',
    name: 'binaryPropertyOutput',
    type: 'string',
    default: 'data',
    hint: 'The name of the output field to put the binary file data in',
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add Option',
    default: {},
    options: [
      batchingDescription,
      {
        displayName: extraField.label,
        name: 'extra',
        type: 'json',
        default: '{}',
        placeholder: 'e.g. {"seed": 7}',
        description: extraField.description,
      },
      {
        displayName: 'File Name',
        name: 'fileName',
        type: 'string',
        default: 'image',
        placeholder: 'e.g. red-fox',
        description: 'Name of the image; the right extension is added',
      },
      maxRetriesDescription,
      {
        displayName: 'Number of Images',
        name: 'numberOfImages',
        type: 'number',
        typeOptions: { minValue: 1 },
        default: 1,
        description:
          'How many images to make of each item, one after the other. A seed in Extra Fields goes up by one for each.',
      },
      timeoutDescription,
      coldStartDescription,
    ],
  },
];

function textProperty(name: Extract<RequestFieldName, 'prompt' | 'negativePrompt'>): INodeProperties {
  const field: FieldDeclaration = requestFields[name];
  return {
    displayName: field.label,
    name,
    type: 'string',
    default: '',
    placeholder: `e.g. ${field.example}`,
    description: field.description,
  };
}

function numberProperty(name: Exclude<RequestFieldName, 'prompt' | 'negativePrompt'>): INodeProperties {
  const field: FieldDeclaration = requestFields[name];
  const defaultValue = field.default ?? 0;
  const facts = [
    ...(field.unit === undefined ? [] : [`in ${field.unit}`]),
    ...(field.multipleOf === undefined ? [] : [`a multiple of ${field.multipleOf}`]),
  ];
  return {
    displayName: field.label,
    name,
    type: 'number',
    typeOptions: {
      ...(field.minimum === undefined ? {} : { minValue: field.minimum }),
      numberPrecision: field.type === 'integer' ? 0 : 2,
    },
    default: defaultValue,
    description: [field.description, ...facts].join(', '),
  };
}
