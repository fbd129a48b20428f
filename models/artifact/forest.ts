import { z } from "zod";
import { type Problem, problems } from "./problems.ts";

/** Feature of a leaf in scikit-learn's arrays. */
const LEAF = -2;
/** Children of a leaf in scikit-learn's arrays. */
const NO_CHILD = -1;

const treeArrays = z.strictObject({
  feature: z.array(z.int().min(LEAF)).min(1),
  threshold: z.array(z.number()),
  left: z.array(z.int()),
  right: z.array(z.int()),
  n_samples: z.array(z.int().min(1)),
});

type Tree = z.infer<typeof treeArrays>;

/** Children come after their parents, and each has one parent, so that every path ends at a leaf. */
function* childProblems(tree: Tree): Iterable<Problem> {
  const nodes = tree.feature.length;
  const parents = new Array<number>(nodes).fill(0);
  for (const [i, feature] of tree.feature.entries()) {
    for (const side of ["left", "right"] as const) {
      const child = tree[side][i] ?? NaN;
      const isRight = feature === LEAF ? child === NO_CHILD : child > i && child < nodes;
      if (!isRight) {
        const allowed = feature === LEAF
          ? `${NO_CHILD} as the node is a leaf`
          : `a node from ${i + 1} to ${nodes - 1}`;
        yield { path: [side, i], message: `must be ${allowed}: current value is ${child}` };
      } else if (child !== NO_CHILD) {
        parents[child] = (parents[child] ?? 0) + 1;
      }
    }
  }
  const wrong = parents.findIndex((number, i) => number !== (i === 0 ? 0 : 1));
  if (wrong >= 0) {
    const message = "each node except the first must be the child of exactly one node: node " +
      `${wrong} is the child of ${parents[wrong]}`;
    yield { path: [], message };
  }
}

function* treeProblems(tree: Tree): Iterable<Problem> {
  const nodes = tree.feature.length;
  for (const name of ["threshold", "left", "right", "n_samples"] as const) {
    if (tree[name].length === nodes) continue;
    const message = `must have ${nodes} elements like feature: current value is ` +
      `${tree[name].length}`;
    yield { path: [name], message };
    return;
  }
  yield* childProblems(tree);
  yield* countProblems(tree);
}

/** A node's sample count is the sum of its children's. */
function* countProblems(tree: Tree): Iterable<Problem> {
  const count = (i: number | undefined) => tree.n_samples[i ?? -1] ?? NaN;
  for (const [i, feature] of tree.feature.entries()) {
    const below = count(tree.left[i]) + count(tree.right[i]);
    if (feature === LEAF || below === count(i)) continue;
    const message = `must be its children's sum, ${below}: current value is ${count(i)}`;
    yield { path: ["n_samples", i], message };
    return;
  }
}

const forestObject = z.strictObject({
  /** Training samples per tree. */
  max_samples: z.int().min(2),
  /** Share of the training bars that are anomalous; "auto": the offset is -0.5. */
  contamination: z.union(
    [z.number().gt(0).max(0.5), z.literal("auto")],
    'must be a number above 0, at most 0.5, or "auto"',
  ),
  /** A score below it is anomalous. */
  offset: z.number().min(-1).max(0),
  trees: z.array(treeArrays.superRefine(problems(treeProblems))).min(1),
});

function* sampleProblems(forest: z.infer<typeof forestObject>): Iterable<Problem> {
  for (const [t, { n_samples: [samples = NaN] }] of forest.trees.entries()) {
    if (samples <= forest.max_samples) continue;
    const message =
      `must be at most max_samples, ${forest.max_samples}: current value is ${samples}`;
    yield { path: ["trees", t, "n_samples", 0], message };
  }
}

/** An Isolation Forest in scikit-learn's representation. */
export const forestSchema = forestObject.superRefine(problems(sampleProblems));

/** Features outside the model's dimensions. */
export function* featureIndexProblems(
  forest: { readonly trees: readonly { readonly feature: readonly number[] }[] },
  dims: number,
): Iterable<Problem> {
  for (const [t, tree] of forest.trees.entries()) {
    const i = tree.feature.findIndex((feature) => feature === -1 || feature >= dims);
    if (i < 0) continue;
    const message = `must be ${LEAF} at a leaf, otherwise 0 to ${dims - 1}: current value is ` +
      `${tree.feature[i]}`;
    yield { path: ["forest", "trees", t, "feature", i], message };
  }
}
