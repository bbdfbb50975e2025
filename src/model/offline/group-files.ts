/** Files in a few groups for a survey: by top folder, crowded ones in parts. */

export interface FileGroup {
  name: string;
  files: string[];
}

const maxGroups = 6;
const maxFilesPerGroup = 10;

/**
 * At most 6 groups of at most 10 files. A file stands alone while there are few. In a crowded group the files that
 * introduce it (a README, an index) come first, then the rest as given.
 */
export function groupFiles(files: string[]): FileGroup[] {
  if (files.length <= maxGroups) return files.map((file) => ({ name: file, files: [file] }));
  const folders = new Map<string, string[]>();
  for (const file of files) {
    const folder = file.includes('/') ? (file.split('/')[0] ?? '') : '';
    const members = folders.get(folder);
    if (members === undefined) folders.set(folder, [file]);
    else members.push(file);
  }
  const groups = [...folders].map(([folder, members]) => ({ name: folder === '' ? 'top level' : folder, files: members }));
  return splitLargest(mergeSmallest(groups)).map((group) => ({
    name: group.name,
    files: introductionsFirst(group.files).slice(0, maxFilesPerGroup),
  }));
}

/** A crowded group becomes two while there is room, so that few folders don't mean few groups. */
function splitLargest(groups: FileGroup[]): FileGroup[] {
  const split = [...groups];
  while (split.length < maxGroups) {
    const at = split.reduce(
      (largest, group, index) => (group.files.length > (split[largest]?.files.length ?? 0) ? index : largest),
      0,
    );
    const { name, files } = split[at] ?? { name: '', files: [] };
    if (files.length < 4) break;
    const half = Math.ceil(files.length / 2);
    split.splice(at, 1, { name, files: files.slice(0, half) }, { name: files[half] ?? name, files: files.slice(half) });
  }
  return split;
}

function mergeSmallest(groups: FileGroup[]): FileGroup[] {
  if (groups.length <= maxGroups) return groups;
  const bySize = groups.toSorted((a, b) => b.files.length - a.files.length);
  const kept = new Set(bySize.slice(0, maxGroups - 1));
  const rest = groups.filter((group) => !kept.has(group));
  return [...groups.filter((group) => kept.has(group)), { name: 'other', files: rest.flatMap((group) => group.files) }];
}

const introduction = /(?:^|\/)(?:readme|index|overview|intro\w*|about|main|getting-started)\b[^/]*$/i;

function introductionsFirst(files: string[]): string[] {
  return [...files.filter((file) => introduction.test(file)), ...files.filter((file) => !introduction.test(file))];
}
