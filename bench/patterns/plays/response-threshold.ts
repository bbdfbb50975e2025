import { playWorkList } from '../work-list.ts';

export const responseThresholdPlay = playWorkList('response-threshold');
