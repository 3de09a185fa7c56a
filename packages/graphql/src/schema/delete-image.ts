import { builder } from './builder.ts';
import { errorOf, NotFoundError } from './errors.ts';
import { typeNameOf } from './type-name-of.ts';

interface Deleted {
  readonly __typename: 'DeletedImage';
  readonly id: string;
}

const DeletedImage = builder.objectRef<Deleted>('DeletedImage').implement({
  description: 'An image that no longer exists.',
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
    description: 'Deletes one of your images, bytes and record. Caches that have seen it may keep it.',
    args: { id: t.arg.id({ required: true, description: "The image's id." }) },
    resolve: async (_, { id }, { services, owner }) => {
      const outcome = (await services.deleteImage({ id, owner }))
        ? ({ __typename: 'DeletedImage', id } as const)
        : errorOf({ kind: 'not_found', what: 'image' });
      return outcome;
    },
  }),
);
