import { playWorkList } from '../work-list.ts';

export const contractNetPlay = playWorkList('contract-net');
