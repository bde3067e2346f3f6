/**
 * Convolutions of a few images, one after the other. Each is packed first, without the seven others between its values and with the
 * zeros around it: a cache line then holds sixteen useful values instead of two, and windows at the edge are like all others, so that
 * tiles are always full. A product of those zeros with an infinity would be NaN where there should be none: then the kernels of conv.ts
 * take over, which leave out what lies outside. float32 only.
 */
import { FIRST, imageConv1, imageConv2, imageConvGradient1, imageConvGradient2 } from './build/imageConvTiles';
import { RELU } from './build/tiles';
import { convForward, convInputGradient, convPool, weightGradientOfUnits } from './conv';
import { isFinite } from './finite';
import { gather, loadLanes } from './imageLanes';
import { maximaOfRows } from './pool';
import { fewImages, lanes, panelStart, share, worker } from './simd';
import { valleyMaximaOfRows } from './valleyPool';

/** `count` values of one image, which lie eight apart. */
function packRow(source: usize, target: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(target, gather(source));
    source += 128; target += 16;
  }
  for (; count > 0; count--) {
    store<f32>(target, load<f32>(source));
    source += 32; target += 4;
  }
}

/** Rows and columns from (top, left) on of all images as [image][rows][columns][channels], 0 outside. Gives the bytes of an image. */
function packImages(
  x: usize, target: usize, height: i32, width: i32, channels: i32, top: i32, left: i32, rows: i32, columns: i32,
): usize {
  const pixel = <usize>channels * 4, pitch = <usize>columns * pixel, image = <usize>rows * pitch;
  // Columns from..to lie inside.
  const from = min(columns, max(0, -left)), to = max(from, min(columns, width - left));
  for (let n: usize = 0; n < <usize>fewImages; n++) {
    for (let i = 0; i < rows; i++) {
      const y = top + i;
      if (y < 0 || y >= height) memory.fill(target, 0, pitch);
      else {
        memory.fill(target, 0, <usize>from * pixel);
        packRow(
          x + <usize>((y * width + left + from) * channels) * 32 + n * 4, target + <usize>from * pixel, (to - from) * channels,
        );
        memory.fill(target + <usize>to * pixel, 0, <usize>(columns - to) * pixel);
      }
      target += pitch;
    }
  }
  return image;
}

/** Panels whose output channels two vectors hold. */
// @ts-ignore: decorator
@inline
function panelsAtOnce(channels: i32, panels: i32): i32 {
  return panelStart(1, channels, panels) > 4 ? 1 : 2;
}

/**
 * `rows` rows of outputs at y, from images packed from row `top` on, `image` bytes each. Kernel rows that lie above or below all of an
 * image of `height` rows are left out.
 */
function convolve(
  packed: usize, image: usize, columns: i32, top: i32, height: i32, w: usize, bias: usize, y: usize, rows: i32, outWidth: i32,
  channels: i32, outChannels: i32, kernel: i32, stride: i32, panels: i32, flags: i32,
): void {
  const run = kernel * channels, depth = kernel * run, pixel = <usize>channels * 4;
  const pitch = <usize>columns * pixel, pStep = <usize>stride * pixel;
  const rowSkip = <usize>stride * pitch - <usize>outWidth * pStep, outStep = <usize>outChannels * 32;
  const atOnce = panelsAtOnce(outChannels, panels);
  for (let panel = 0; panel < panels; panel += atOnce) {
    const c0 = panelStart(panel, outChannels, panels), r0 = panelStart(panel + 1, outChannels, panels) - c0, n0 = min(4, r0);
    const c1 = c0 + n0, n1 = panelStart(min(panels, panel + atOnce), outChannels, panels) - c1;
    const w0 = w + <usize>(c0 * depth) * 4, step0 = <usize>r0 * 4;
    const w1 = atOnce === 1 ? w0 + 16 : w + <usize>(c1 * depth) * 4, step1 = <usize>(atOnce === 1 ? r0 : n1) * 4;
    const bias0 = bias ? bias + <usize>c0 * 4 : 0, bias1 = bias ? bias + <usize>c1 * 4 : 0;
    for (let row = 0; row < rows;) {
      const start = row * stride, ky0 = min(kernel, max(0, -top - start)), ky1 = max(ky0, min(kernel, height - top - start));
      // All rows that see the whole kernel are one run of pixels.
      let end = row + 1;
      if (ky1 - ky0 === kernel) end = max(end, min(rows, (height - top - kernel) / stride + 1));
      const skipped = <usize>(ky0 * run), place = <usize>(row * outWidth) * outStep, count = (end - row) * outWidth;
      for (let n: usize = 0; n < <usize>fewImages; n++) {
        const out = y + place + n * 4, p = packed + n * image + <usize>(start + ky0) * pitch;
        const how = n > 0 ? flags : flags | FIRST;
        if (n1 > 0) {
          imageConv2(
            w0 + skipped * step0, step0, out + <usize>c0 * 32, bias0, w1 + skipped * step1, step1, out + <usize>c1 * 32, bias1, n0, n1,
            p, 0, count, outWidth, pStep, rowSkip, outStep, ky1 - ky0, run, pitch, how,
          );
        } else {
          imageConv1(
            w0 + skipped * step0, step0, out + <usize>c0 * 32, bias0, n0, p, 0, count, outWidth, pStep, rowSkip, outStep, ky1 - ky0, run,
            pitch, how,
          );
        }
      }
      row = end;
    }
  }
}

/** As convForward; `scratch` has `scratchSize` values for each thread, for its packed rows. */
export function imageConvForward<T>(
  x: usize, w: usize, bias: usize, y: usize, scratch: usize, scratchSize: usize, blocks: i32, height: i32, width: i32, channels: i32,
  outHeight: i32, outWidth: i32, outChannels: i32, kernel: i32, stride: i32, padding: i32, panels: i32, relu: i32, thread: i32,
  threads: i32,
): void {
  if (padding > 0 && !isFinite(w, <usize>(outChannels * kernel * kernel * channels) * 4)) {
    convForward<T>(
      x, w, bias, y, blocks, height, width, channels, outHeight, outWidth, outChannels, kernel, stride, padding, panels, relu, thread,
      threads,
    );
    return;
  }
  const from = share(outHeight, thread, threads), rows = share(outHeight, thread + 1, threads) - from;
  if (rows === 0) return;
  const packed = scratch + <usize>worker * scratchSize * 4, columns = (outWidth - 1) * stride + kernel;
  const top = from * stride - padding;
  const image = packImages(x, packed, height, width, channels, top, -padding, (rows - 1) * stride + kernel, columns);
  convolve(
    packed, image, columns, top, height, w, bias, y + <usize>(from * outWidth * outChannels) * 32, rows, outWidth, channels, outChannels,
    kernel, stride, panels, relu ? RELU : 0,
  );
}

/** As convPool; `scratch` has for each thread two rows of outputs and the packed rows that it reads. */
export function imageConvPool<T>(
  x: usize, w: usize, bias: usize, y: usize, index: usize, scratch: usize, scratchSize: usize, blocks: i32, height: i32, width: i32,
  channels: i32, outHeight: i32, outWidth: i32, outChannels: i32, kernel: i32, stride: i32, padding: i32, panels: i32, relu: i32,
  valley: i32, thread: i32, threads: i32,
): void {
  const pixel = <usize>outChannels * lanes<T>(), row = <usize>outWidth * pixel;
  const own = scratch + <usize>worker * scratchSize * 4;
  const pooledHeight = outHeight / 2, pooledWidth = outWidth / 2;
  const from = share(pooledHeight, thread, threads), to = share(pooledHeight, thread + 1, threads);
  if (from === to) return;
  const packed = own + 2 * row, columns = (outWidth - 1) * stride + kernel;
  const top = 2 * from * stride - padding, rows = (2 * (to - from) - 1) * stride + kernel;
  const image = packImages(x, packed, height, width, channels, top, -padding, rows, columns);
  for (let unit = from; unit < to; unit++) {
    const passed = 2 * (unit - from) * stride, first = packed + <usize>(passed * columns * channels) * 4;
    convolve(
      first, image, columns, top + passed, height, w, bias, own, 2, outWidth, channels, outChannels, kernel, stride, panels, 0,
    );
    const out = <usize>(unit * pooledWidth) * pixel;
    const which = index ? index + out : 0;
    if (valley) valleyMaximaOfRows<T>(own, own + row, y + out, which, pooledWidth, pixel, pixel, pixel, 0, valley - 1);
    else maximaOfRows<T>(own, own + row, y + out, which, pooledWidth, pixel, pixel, pixel, 0, relu);
  }
}

/** As convInputGradient of stride 1: the convolution of dy with flipped weights. */
export function imageConvInputGradient<T>(
  dy: usize, packed: usize, dx: usize, scratch: usize, scratchSize: usize, blocks: i32, height: i32, width: i32, channels: i32,
  outHeight: i32, outWidth: i32, outChannels: i32, kernel: i32, stride: i32, padding: i32, inPanels: i32, thread: i32, threads: i32,
): void {
  const flipped = kernel - 1 - padding;
  if (flipped > 0 && !isFinite(packed, <usize>(outChannels * kernel * kernel * channels) * 4)) {
    convInputGradient<T>(
      dy, packed, dx, blocks, height, width, channels, outHeight, outWidth, outChannels, kernel, stride, padding, inPanels, 0, thread,
      threads,
    );
    return;
  }
  const from = share(height, thread, threads), rows = share(height, thread + 1, threads) - from;
  if (rows === 0) return;
  const own = scratch + <usize>worker * scratchSize * 4, columns = width - 1 + kernel;
  const top = from - flipped;
  const image = packImages(dy, own, outHeight, outWidth, outChannels, top, -flipped, rows - 1 + kernel, columns);
  convolve(
    own, image, columns, top, outHeight, packed, 0, dx + <usize>(from * width * channels) * 32, rows, width, outChannels, channels,
    kernel, 1, inPanels, 0,
  );
}

/** Output gradients of n0 channels at `dy`, and of the n1 behind them, of all images as [image][pixel][4 or 8]. */
function packGradients(dy: usize, target: usize, pixels: i32, step: usize, n0: i32, n1: i32): void {
  for (let n: usize = 0; n < <usize>fewImages; n++) {
    let at = dy + n * 4;
    for (let i = pixels; i > 0; i--) {
      v128.store(target, loadLanes(at, n0));
      target += 16;
      if (n1 > 0) {
        v128.store(target, loadLanes(at + <usize>n0 * 32, n1));
        target += 16;
      }
      at += step;
    }
  }
}

/** As convWeightGradient; `scratch` has for each thread the packed images and two vectors of output gradients a pixel. */
export function imageConvWeightGradient<T>(
  x: usize, dy: usize, dw: usize, scratch: usize, scratchSize: usize, blocks: i32, height: i32, width: i32, channels: i32,
  outHeight: i32, outWidth: i32, outChannels: i32, kernel: i32, stride: i32, padding: i32, panels: i32, thread: i32, threads: i32,
): void {
  const atOnce = panelsAtOnce(outChannels, panels), units = (panels + atOnce - 1) / atOnce * kernel;
  const from = share(units, thread, threads), to = share(units, thread + 1, threads);
  if (from === to) return;
  const packed = scratch + <usize>worker * scratchSize * 4, columns = (outWidth - 1) * stride + kernel;
  const image = packImages(
    x, packed, height, width, channels, -padding, -padding, (outHeight - 1) * stride + kernel, columns,
  );
  const gradients = packed + <usize>fewImages * image, pixels = outHeight * outWidth;
  const run = kernel * channels, pitch = <usize>(columns * channels) * 4;
  const xRow = <usize>stride * pitch, xCol = <usize>(stride * channels) * 4;
  for (let unit = from, packedFor = -1, hasInfinity = false; unit < to; unit++) {
    const group = unit / kernel, ky = unit - group * kernel, panel = group * atOnce;
    const c0 = panelStart(panel, outChannels, panels), r0 = panelStart(panel + 1, outChannels, panels) - c0, n0 = min(4, r0);
    const c1 = c0 + n0, end = min(panels, panel + atOnce), n1 = panelStart(end, outChannels, panels) - c1;
    if (group !== packedFor) {
      packedFor = group;
      packGradients(dy + <usize>c0 * 32, gradients, pixels, <usize>outChannels * 32, n0, n1);
      hasInfinity = padding > 0 && !isFinite(gradients, <usize>(fewImages * pixels * (n1 > 0 ? 8 : 4)) * 4);
    }
    if (hasInfinity) {
      for (let one = panel; one < end; one++) {
        const own = one * kernel + ky;
        weightGradientOfUnits<T>(
          x, dy, dw, blocks, height, width, channels, outHeight, outWidth, outChannels, kernel, stride, padding, panels, own, own + 1,
        );
      }
      continue;
    }
    const dw0 = dw + <usize>((c0 * kernel + ky * r0) * run) * 4, step0 = <usize>r0 * 4;
    // Output rows whose kernel row lies inside the image.
    const oy0 = (max(0, padding - ky) + stride - 1) / stride;
    const oy1 = height - 1 + padding - ky < 0 ? 0 : min(outHeight, (height - 1 + padding - ky) / stride + 1);
    const first = packed + <usize>(oy0 * stride + ky) * pitch, size: usize = n1 > 0 ? 32 : 16, rows = max(0, oy1 - oy0);
    const d = gradients + <usize>(oy0 * outWidth) * size, dImage = <usize>pixels * size;
    if (n1 > 0) {
      const dw1 = atOnce === 1 ? dw0 + 16 : dw + <usize>((c1 * kernel + ky * n1) * run) * 4;
      imageConvGradient2(
        d, first, dw0, step0, dw1, <usize>(atOnce === 1 ? r0 : n1) * 4, n0, n1, run, fewImages, dImage, image, rows, xRow, outWidth, xCol,
      );
    } else imageConvGradient1(d, first, dw0, step0, n0, run, fewImages, dImage, image, rows, xRow, outWidth, xCol);
  }
}
