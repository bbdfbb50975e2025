/** What a run took: the section of its page on file, asked for again while the run goes on. */
import type { RenderedSection } from 'planwright/browser';
import { paths } from '../api/paths.ts';
import { request } from '../api/request.ts';
import { usePolled } from '../run/use-polled.ts';
import { Empty, Failure, Loading } from '../shared/notices.tsx';
import { ReportSections } from '../shared/report-sections.tsx';
import { valueOf } from '../shared/resource.ts';

export function LedgerView({ runId, version, isOpen }: { runId: string; version: number; isOpen: boolean }) {
  const [resource, reload] = usePolled(
    runId,
    (signal) => request<{ sections: RenderedSection[] }>(paths.runSections(runId, ['ledger']), { signal }),
    { version, isOpen },
  );
  const sections = valueOf(resource)?.sections;
  if (sections === undefined) {
    return resource.kind === 'failed' ? <Failure reason={resource.reason} retry={reload} /> : <Loading what="the ledger" />;
  }
  if (sections.length === 0) return <Empty title="No calls yet" />;
  return <ReportSections sections={sections} titles={false} />;
}
