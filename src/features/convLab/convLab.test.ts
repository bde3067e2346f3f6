import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernelPresets } from '@/conv/presets';
import { avgPooled, convolved, maxPooled, pointwise, stageLength } from '@/features/convLab/convLabDerived';
import {
  withChannels,
  withDepthwise,
  withFilters,
  withGroups,
  withImage,
  withInputPreset,
  withInputSize,
  withInputValue,
  withKernelPreset,
  withKernelSize,
  withKernelValue,
  withLayer,
  withPointwiseFilters,
  withPointwiseValue,
  withPool,
  withSettings,
  withStep,
} from '@/features/convLab/convLabEdits';
import { decodeDocument, encodeDocument } from '@/features/convLab/convLabLink';
import { convOperators, labStages, reportDocument, type LabDocument } from '@/features/convLab/convLabState';
import { exampleLab } from '@/session/labPath';
import { createLab } from '@/features/convLab/convLabStore';

const documents: fc.Arbitrary<LabDocument> = fc
  .record({
    height: fc.integer({ min: 3, max: 12 }),
    width: fc.integer({ min: 3, max: 12 }),
    channels: fc.integer({ min: 1, max: 3 }),
    filters: fc.integer({ min: 1, max: 4 }),
    rows: fc.integer({ min: 1, max: 7 }),
    columns: fc.integer({ min: 1, max: 7 }),
    operator: fc.constantFrom(...convOperators),
    stage: fc.constantFrom(...labStages),
    stride: fc.integer({ min: 1, max: 5 }),
    padding: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant('same' as const)),
    groups: fc.integer({ min: 1, max: 4 }),
    poolPadding: fc.integer({ min: 0, max: 2 }),
    countIncludePad: fc.boolean(),
    pointwiseFilters: fc.integer({ min: 1, max: 4 }),
    value: fc.float({ noNaN: true, min: -1000, max: 1000 }),
    step: fc.nat({ max: 500 }),
  })
  .map(({ height, width, channels, filters, rows, columns, stage, value, step, ...rest }) => {
    const { operator, stride, padding, groups, poolPadding, countIncludePad, pointwiseFilters } = rest;
    const base = withFilters(withChannels(reportDocument(), channels), filters);
    const sized = withKernelSize(withInputSize(base, height, width), rows, columns);
    const filled = withKernelValue(withInputValue(sized, 0, 1, 2, value), 0, 0, 0, 0, value / 3);
    const grouped = withGroups(withSettings(filled, { operator, stride, padding }), groups);
    const mixed = withPointwiseValue(withPointwiseFilters(grouped, pointwiseFilters), 0, 0, value);
    return withStep({ ...withPool(mixed, { padding: poolPadding, countIncludePad }), stage }, step);
  });

describe('link', () => {
  it('gives every document back as it was', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const text = encodeDocument(document);
        expect(text).not.toBeNull();
        expect(decodeDocument(text ?? '')).toEqual({ ok: true, document });
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it('never throws on what is no lab, and gives nothing out of range', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(decodeDocument(text).ok).toBe(false);
      }),
    );
    const text = encodeDocument(reportDocument()) ?? '';
    for (let index = 0; index < text.length; index += 1) {
      expect(decodeDocument(text.slice(0, index))).toEqual({ ok: false, problem: { code: 'cut_off' } });
      const damaged = decodeDocument(`${text.slice(0, index)}_${text.slice(index + 1)}`);
      if (damaged.ok) expect(stageLength(damaged.document)).toBeGreaterThanOrEqual(0);
    }
  });

  it('keeps a digit exact in under 1,500 characters', () => {
    const pixels = Uint8Array.from({ length: 784 }, (_value, k) => (k % 28 > 8 && k % 28 < 18 ? k % 256 : 0));
    const document = withImage(reportDocument(), pixels);
    const text = encodeDocument(document) ?? '';
    expect(text.length).toBeLessThan(1500);
    expect(decodeDocument(text)).toEqual({ ok: true, document });
  });

  it('has a name for the report’s example', () => {
    expect(decodeDocument(exampleLab)).toEqual({ ok: true, document: reportDocument() });
  });

  it('still reads what version 1 wrote: no groups, one pooling', () => {
    const first =
      'AQIEBAICAgIAAgECAwEDAAAAAwAAAAAAACABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQAQAQEBAQEBAQEBAAIBAAIAAgAB';
    const two = withFilters(withChannels(reportDocument(), 2), 2);
    const sized = withSettings(two, { stride: 2, padding: 1, dilation: 2 });
    const pooled = withPool(sized, { kernelSize: 3, stride: 1 });
    const document = withStep({ ...pooled, stage: 'gradient' }, 3);
    expect(decodeDocument(first)).toEqual({ ok: true, document });
  });

  it('says what is wrong with it', () => {
    const problem = (text: string) => {
      const decoded = decodeDocument(text);
      return decoded.ok ? null : decoded.problem;
    };
    const text = (document: LabDocument): string => encodeDocument(document) ?? '';
    const example = reportDocument();
    expect(problem('')).toEqual({ code: 'cut_off' });
    expect(problem('no lab!')).toEqual({ code: 'damaged' });
    expect(problem('damaged')).toEqual({ code: 'damaged' });
    // The first byte is the version.
    expect(problem(`Aw${text(example).slice(2)}`)).toEqual({ code: 'newer' });
    const { settings, input } = example;
    expect(problem(text({ ...example, settings: { ...settings, stride: 9 } }))).toEqual({
      code: 'out_of_range',
      place: 'settings.stride',
    });
    expect(problem(text({ ...example, input: { ...input, data: [1] } }))).toEqual({
      code: 'out_of_range',
      place: 'input',
    });
  });
});

describe('edits', () => {
  it("begins with the report's example, whose output is nine fours", () => {
    const conv = convolved(reportDocument());
    expect(conv.ok && [...conv.value.output.data]).toEqual([4, 4, 4, 4, 4, 4, 4, 4, 4]);
  });

  it('keeps what was drawn when the grid grows', () => {
    const grown = withInputSize(withInputValue(reportDocument(), 0, 3, 3, 5), 6, 7);
    expect(grown.input.data[3 * 7 + 3]).toBe(5);
    expect(grown.input.data[5 * 7 + 6]).toBe(0);
  });

  it('puts a preset on every channel of one filter', () => {
    const two = withFilters(withChannels(reportDocument(), 2), 2);
    const { kernel } = withKernelPreset(two, 'sobelX', 1);
    expect(kernel.shape).toEqual([2, 2, 3, 3]);
    expect(kernel.data.slice(18)).toEqual([...kernelPresets.sobelX.flat(), ...kernelPresets.sobelX.flat()]);
  });

  it('says why a kernel does not fit, and has no steps then', () => {
    const large = withKernelSize(reportDocument(), 5, 5);
    const conv = convolved(large);
    expect(conv.ok).toBe(false);
    expect(!conv.ok && conv.error.code).toBe('kernel_too_large');
    expect(stageLength(large)).toBe(0);
    const wide = withKernelSize(withInputSize(reportDocument(), 3, 3), 3, 3);
    const single = convolved(wide);
    expect(single.ok && maxPooled(single.value, wide).ok).toBe(false);
    expect(single.ok && avgPooled(single.value, wide).ok).toBe(false);
  });

  it('makes a depthwise convolution, whose filters read a channel each, and mixes them pointwise', () => {
    const three = withChannels(reportDocument(), 3);
    const single = withInputValue(withInputValue(three, 1, 0, 0, 2), 2, 3, 3, -1);
    const depthwise = withDepthwise(single);
    expect(depthwise.kernel.shape).toEqual([3, 1, 2, 2]);
    expect(depthwise.settings.groups).toBe(3);
    const conv = convolved(depthwise);
    if (!conv.ok) throw conv.error;
    expect(conv.value.output.data.join(' ')).toBe('4 4 4 4 4 4 4 4 4 5 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 2');
    expect(stageLength(depthwise)).toBe(3 * 9 * 4);
    const mixed = withPointwiseValue(withPointwiseFilters(depthwise, 2), 1, 2, -0.5);
    expect(mixed.pointwise).toEqual({ shape: [2, 3, 1, 1], data: [1, 1, 1, 1, 1, -0.5] });
    expect(stageLength(mixed, 'pointwise')).toBe(2 * 9 * 3);
    expect(pointwise(conv.value, mixed).output.data.join(' ')).toBe(
      '13 12 12 12 12 12 12 12 10 7 6 6 6 6 6 6 6 7',
    );
  });

  it('keeps the kernel to the groups, and says where they do not divide the channels', () => {
    const three = withFilters(withChannels(reportDocument(), 3), 4);
    const grouped = withGroups(three, 2);
    expect(grouped.kernel.shape).toEqual([4, 1, 2, 2]);
    const conv = convolved(grouped);
    expect(!conv.ok && conv.error.code).toBe('groups');
    const two = withChannels(grouped, 2);
    expect(convolved(two).ok).toBe(true);
    expect(withChannels(withGroups(two, 1), 3).kernel.shape).toEqual([4, 3, 2, 2]);
  });

  it('follows a layer: the same shape keeps the step, another rewinds', () => {
    const layer = {
      input: new Float32Array(72).fill(0.5),
      inputShape: [2, 6, 6] as const,
      kernel: new Float32Array(18).fill(1),
      kernelSize: 3,
      bias: 0.25,
      stride: 1,
      padding: 1,
      dilation: 1,
    };
    const first = withStep(withLayer(withInputPreset(reportDocument(), 'cross'), layer), 40);
    expect(first.kernel.shape).toEqual([1, 2, 3, 3]);
    expect(withLayer(first, { ...layer, bias: 0.5 }).steps.conv).toBe(40);
    expect(withLayer(first, { ...layer, padding: 0 }).steps.conv).toBe(0);
    expect(withLayer(first, { ...layer, dilation: 2 }).settings.dilation).toBe(2);
  });
});

describe('player', () => {
  it('steps, goes back, scrubs and stops at the end', () => {
    const { store, actions } = createLab();
    const step = (): number => store.getState().document.steps.conv;
    actions.play();
    actions.advance(1);
    actions.advance(1);
    expect(step()).toBe(2);
    actions.advance(-1);
    expect(step()).toBe(1);
    actions.seekCell(1);
    expect(step()).toBe(4);
    actions.seekCell(-1);
    expect(step()).toBe(0);
    actions.seek(35);
    actions.advance(5);
    expect(step()).toBe(36);
    actions.advance(1);
    expect(store.getState().playing).toBe(false);
    actions.setLoop(true);
    actions.play();
    expect(step()).toBe(0);
    actions.seek(36);
    actions.advance(1);
    expect(step()).toBe(0);
    expect(store.getState().playing).toBe(true);
  });
});
