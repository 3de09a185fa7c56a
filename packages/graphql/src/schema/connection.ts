import type { OutputRef } from '@pothos/core';
import { GraphQLError } from 'graphql';
import type { Page, PageRequest } from '../jobs/job-store.ts';
import { builder } from './builder.ts';

/** What a list is paged by. */
interface Item {
  readonly id: string;
  readonly createdAt: number;
}

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor: string | undefined;
}

const PageInfoType = builder.objectRef<PageInfo>('PageInfo').implement({
  description: 'Where a part of a list ends.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether there are more behind.' }),
    endCursor: t.string({
      nullable: true,
      resolve: ({ endCursor }) => endCursor,
      description: 'Give it as `after` to go on behind the last one.',
    }),
  }),
});

/** The Relay connection type of a list, newest first (https://relay.dev/graphql/connections.htm). */
export function connectionOf<Node extends Item>(name: 'Image' | 'Job', type: OutputRef<Node>) {
  const edge = builder.objectRef<Node>(`${name}Edge`).implement({
    description: 'One of a list.',
    fields: (t) => ({
      cursor: t.string({ resolve: cursorOf, description: 'Give it as `after` to go on behind this one.' }),
      node: t.field({ type, resolve: (node) => node as never, description: 'The thing itself.' }),
    }),
  });
  return builder.objectRef<Page<Node>>(`${name}Connection`).implement({
    description: 'Part of a list, newest first.',
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        complexity: countedAbove,
        resolve: ({ items }) => items,
        description: 'Each with its cursor.',
      }),
      nodes: t.field({
        type: [type],
        complexity: countedAbove,
        resolve: ({ items }) => items as never,
        description: 'Without cursors.',
      }),
      pageInfo: t.field({
        type: PageInfoType,
        resolve: ({ items, hasMore }) => {
          const last = items.at(-1);
          return { hasNextPage: hasMore, endCursor: last === undefined ? undefined : cursorOf(last) };
        },
        description: 'Where this part ends.',
      }),
    }),
  });
}

/** The connection's own field has multiplied by the length already. */
const countedAbove = { field: 1, multiplier: 1 } as const;

const defaultFirst = 20;
const mostFirst = 100;

/** What `first` and `after` ask for. A mistake in them is the caller's program's, so it is a GraphQL error. */
export function pageRequest(
  owner: string,
  { first, after }: { readonly first?: number | null | undefined; readonly after?: string | null | undefined },
): PageRequest {
  const count = first ?? defaultFirst;
  if (count < 1 || count > mostFirst) throw badInput(`first must be from 1 to ${mostFirst}; got ${count}.`);
  if (after === undefined || after === null) return { owner, first: count };
  const [, createdAt, id] = /^(\d+):(.+)$/.exec(Buffer.from(after, 'base64url').toString()) ?? [];
  if (createdAt === undefined || id === undefined) {
    throw badInput(`after must be a cursor that a list gave out; got ${JSON.stringify(after.slice(0, 60))}.`);
  }
  return { owner, first: count, after: { createdAt: Number(createdAt), id } };
}

/** A list costs as many times what is asked of each item as it is long. */
export function listComplexity({ first }: { readonly first?: number | null | undefined }) {
  return { field: 1, multiplier: Math.min(Math.max(first ?? defaultFirst, 1), mostFirst) };
}

function cursorOf({ id, createdAt }: Item): string {
  return Buffer.from(`${createdAt}:${id}`).toString('base64url');
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
