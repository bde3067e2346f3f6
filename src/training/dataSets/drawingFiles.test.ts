import { expect, test } from 'vitest';
import { exportDrawings, readDrawings } from '@/training/dataSets/drawingFiles';
import { barFiles, bars } from '@/training/testing/bars';

const names = { name: 'MNIST', classNames: ['0', '1'] };

test('drawings come back out of the file that was saved of them', async () => {
  const drawings = bars(5);
  const { file, fileName } = await exportDrawings(drawings, names);
  expect(fileName).toBe('MNIST-drawings-idx.zip');
  expect(await readDrawings([{ path: fileName, file: new Blob([file]) }])).toEqual(drawings);
});

test('one class alone will do, and two files without a zip', async () => {
  const files = barFiles('mine', 1);
  expect([...(await readDrawings(files)).labels]).toEqual([0]);
});

test('labels without their images are refused', async () => {
  await expect(readDrawings(barFiles('mine', 1).slice(1))).rejects.toMatchObject({
    problem: { kind: 'unpaired', wanted: 'images' },
  });
});
