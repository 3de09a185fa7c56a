import { builder } from './builder.ts';
import { NotFoundError, type ErrorFacts } from './errors.ts';
import { typeNameOf } from './type-name-of.ts';

interface Deleted {
  readonly __typename: 'DeletedImage';
  readonly id: string;
}

const DeletedImage = builder.objectRef<Deleted>('DeletedImage').implement({
  description: 'A picture that is no more.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'The id it had.' }) }),
});

const DeleteImageResult = builder.unionType('DeleteImageResult', {
  description: 'What was deleted, or why nothing was.',
  types: [DeletedImage, NotFoundError],
  resolveType: typeNameOf,
});

builder.mutationField('deleteImage', (t) =>
  t.field({
    type: DeleteImageResult,
    description: 'Deletes one of your pictures, bytes and record. Caches that have seen it may keep it.',
    args: { id: t.arg.id({ required: true, description: "The picture's id." }) },
    resolve: async (_, { id }, { services, owner }) => {
      const outcome = (await services.deleteImage({ id, owner }))
        ? ({ __typename: 'DeletedImage', id } as const)
        : notFound;
      return outcome;
    },
  }),
);

const notFound: ErrorFacts = {
  __typename: 'NotFoundError',
  code: 'not_found',
  message: 'There is no picture with this id, or it is not yours.',
  hint: 'Ask for `images` to see yours.',
  retryable: false,
};
