/** Sections of a page, for who shows them inside a page of their own. */
import { z } from 'zod';
import type { RenderedSection } from '../../index.ts';
import { named } from './named.ts';

export interface SectionList {
  sections: RenderedSection[];
}

export const sectionListSchema: z.ZodType<SectionList> = named(
  'SectionList',
  z.object({ sections: z.array(named('Section', z.object({ id: z.string(), title: z.string(), html: z.string() }))) }),
);
