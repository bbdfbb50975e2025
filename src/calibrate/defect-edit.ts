/** One change that makes a defect: what stands from `start` to `end` becomes `replacement`. UTF-16 units from 0, `end` exclusive. */
export interface DefectEdit {
  kind: string;
  start: number;
  end: number;
  replacement: string;
}
