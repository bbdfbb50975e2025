/** Which tasks are alike enough that what happened to one says something about the next. */
import type { TaskFeatures } from './gate.ts';
import { countIndependentParts, fitsOneContext } from './prior-gate.ts';

/** The port: a task's class, a short name. Whatever it depends on has to be in the features. */
export interface TaskClassifier {
  classify(features: TaskFeatures): string | Promise<string>;
}

/** The default, by form alone: whether the material fits one context, and whether the task has parts of its own. */
export const formClassifier: TaskClassifier = {
  classify: (features) => {
    if (!fitsOneContext(features)) return 'large';
    return countIndependentParts(features.task) > 1 ? 'several-parts' : 'one-part';
  },
};
