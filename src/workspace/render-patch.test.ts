import { expect, it } from 'vitest';
import { storePatch, storeTree } from '../../test/workspace/stored-tree.ts';
import { MemoryBlobStore } from './memory-blob-store.ts';
import { renderPatch } from './render-patch.ts';

const blobs = new MemoryBlobStore();
const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`);

async function render(before: Parameters<typeof storeTree>[1], after: Parameters<typeof storeTree>[1], options = {}) {
  const base = await storeTree(blobs, before);
  return renderPatch(await storePatch(blobs, base, after), blobs, options);
}

it('is Git’s unified diff: file by file, three lines around each change', async () => {
  const changed = lines.toSpliced(1, 1, 'second\n').toSpliced(15, 0, 'between\n');
  expect(
    await render(
      { 'a b.txt': lines.join(''), gone: 'x', 'run.sh': '#!/bin/sh\n', 'photo.png': Buffer.from([0, 1, 2]) },
      {
        'a b.txt': changed.join(''),
        'run.sh': { content: '#!/bin/sh\n', mode: 'executable' },
        'photo.png': Buffer.from([0, 1]),
        'new.ts': 'one\r\ntwo',
      },
    ),
  ).toBe(`diff --git a/a b.txt b/a b.txt
--- a/a b.txt\t
+++ b/a b.txt\t
@@ -1,5 +1,5 @@
 line 1
-line 2
+second
 line 3
 line 4
 line 5
@@ -13,6 +13,7 @@
 line 13
 line 14
 line 15
+between
 line 16
 line 17
 line 18
diff --git a/gone b/gone
deleted file mode 100644
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-x
\\ No newline at end of file
diff --git a/new.ts b/new.ts
new file mode 100644
--- /dev/null
+++ b/new.ts
@@ -0,0 +1,2 @@
+one\r
+two
\\ No newline at end of file
diff --git a/photo.png b/photo.png
Binary files a/photo.png (3 bytes) and b/photo.png (2 bytes) differ
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
`);
});

it('says what it leaves out, and stays within its bound', async () => {
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index + 10}`, lines.join('')]));
  const text = await render({}, files, { maxCharacters: 450 });
  expect(text.split('\n').slice(-3)).toEqual([
    '+line 13',
    expect.stringMatching(/^… not shown: 7 more lines of f11; 28 more files: f12, f13, .*, f31 and 8 more$/),
    '',
  ]);
  expect(text.indexOf('… not shown')).toBeLessThanOrEqual(450);
  expect(await render({}, { one: 'x'.repeat(5000) }, { maxLineCharacters: 10 })).toContain(
    '\n+xxxxxxxxx … (4991 more characters)\n',
  );
});

it('of no change is nothing', async () => expect(await render({ a: 'a' }, { a: 'a' })).toBe(''));
