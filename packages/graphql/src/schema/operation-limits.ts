import { GraphQLError, Kind, type ASTVisitor, type SelectionSetNode, type ValidationContext } from 'graphql';

/**
 * How large one operation may be. Each field costs 1, a list its length times what is selected of each item: six images can be
 * made at once, twenty can be returned inside the response, and lists of a hundred can be selected in full.
 */
export const operationLimits = { complexity: 10_000, depth: 10, breadth: 300 } as const;

/** Most tokens of a document; the parser stops there. */
export const maxTokens = 1_000;
/** Most fields of one operation that are given a name of their own. */
export const maxAliases = 15;

export const generationCost = 1_500;
export const encodedImageCost = 500;

/** For lists whose length callers do not choose, such as the attempts of a job. */
export const shortListLength = 3;

/**
 * A validation rule: refuses operations with more than {@link maxAliases} aliases. A fragment's count wherever it is spread.
 * Those of `__typename` are free: Relay adds them by itself.
 */
export function limitAliases(context: ValidationContext): ASTVisitor {
  const inFragments = new Map<string, number>();

  function inFragment(name: string): number {
    const known = inFragments.get(name);
    if (known !== undefined) return known;
    // A fragment within itself, which another rule refuses, must not lead around in circles.
    inFragments.set(name, 0);
    const count = aliasesIn(context.getFragment(name)?.selectionSet);
    inFragments.set(name, count);
    return count;
  }

  function aliasesIn(selectionSet: SelectionSetNode | undefined): number {
    let count = 0;
    for (const selection of selectionSet?.selections ?? []) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        count += inFragment(selection.name.value);
        continue;
      }
      const isAliased =
        selection.kind === Kind.FIELD && selection.alias !== undefined && selection.name.value !== '__typename';
      count += Number(isAliased) + aliasesIn(selection.selectionSet);
    }
    return count;
  }

  return {
    OperationDefinition({ selectionSet }) {
      const count = aliasesIn(selectionSet);
      if (count <= maxAliases) return;
      context.reportError(
        new GraphQLError(
          `The operation has ${count} aliases; at most ${maxAliases} are allowed. Ask for less at a time.`,
          {
            extensions: { code: 'ALIAS_LIMIT' },
          },
        ),
      );
    },
  };
}
