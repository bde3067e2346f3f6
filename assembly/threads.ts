/** Threads run one program side by side and meet at a barrier where an operation needs what others of the program made. */
import {
  FEW_IMAGES, MEETS, SLICED, SLICES, SYNC_arrived, SYNC_command, SYNC_failed, SYNC_generation, SYNC_length, SYNC_program, SYNC_sleepers, SYNC_threads, sync,
} from './build/constants';
import { dispatch, OPERATION_BYTES } from './build/dispatch';
import { becomeWorker, share, takeImages } from './simd';

/**
 * Reads before a thread that waits lets the system have its core, some 150 microseconds: longer than the page takes between two
 * steps. Being woken costs more than that, and the system likes to wake a thread on the core of the one that called it.
 */
const SPINS: i32 = 200000;

// @ts-ignore: decorator
@inline
function word(index: i32): usize {
  return sync + <usize>index * 4;
}

/**
 * A thread that fails says so, then counts the generation on: who waits for it wakes and fails as well, and who comes later, having
 * read the generation first, sees it.
 */
function failWithOthers(): void {
  if (atomic.load<i32>(word(SYNC_failed))) unreachable();
}

function barrier(threads: i32, maySleep: bool): void {
  const generation = atomic.load<i32>(word(SYNC_generation));
  failWithOthers();
  if (atomic.add<i32>(word(SYNC_arrived), 1) === threads - 1) {
    atomic.store<i32>(word(SYNC_arrived), 0);
    atomic.add<i32>(word(SYNC_generation), 1);
    if (atomic.load<i32>(word(SYNC_sleepers)) > 0) atomic.notify(word(SYNC_generation), threads);
    return;
  }
  let spins = 0;
  while (atomic.load<i32>(word(SYNC_generation)) === generation) {
    if (++spins > SPINS && maySleep) {
      atomic.add<i32>(word(SYNC_sleepers), 1);
      atomic.wait<i32>(word(SYNC_generation), generation, -1);
      atomic.sub<i32>(word(SYNC_sleepers), 1);
    }
  }
  failWithOthers();
}

// @ts-ignore: decorator
@inline
function flagsOf(program: usize, i: i32): i32 {
  return load<i32>(program + <usize>i * OPERATION_BYTES) & (MEETS | SLICED);
}

/**
 * Runs `length` operations at `program` as thread `thread`. Neighbouring sliced operations, which are there once for each slice, run
 * one slice of the batch after the other, as one thread of as many as there are slices would: what they hand on is still in the cache,
 * and no thread waits for another. Their addresses of working memory are their thread's already.
 */
export function run(program: usize, length: i32, thread: i32, threads: i32, maySleep: bool): void {
  // All operations of a program are for one batch.
  takeImages(load<i32>(program) / FEW_IMAGES);
  for (let i = 0; i < length;) {
    const flags = flagsOf(program, i);
    if (ASC_FEATURE_THREADS && threads > 1 && i > 0 && (flags & MEETS)) barrier(threads, maySleep);
    if (!(flags & SLICED)) {
      becomeWorker(thread);
      dispatch(program + <usize>i * OPERATION_BYTES, thread, threads);
      i++;
      continue;
    }
    let end = i + 1;
    while (end < length && flagsOf(program, end) === SLICED) end++;
    becomeWorker(0);
    const last = share(SLICES, thread + 1, threads);
    for (let slice = share(SLICES, thread, threads); slice < last; slice++) {
      for (let j = i + slice; j < end; j += SLICES) dispatch(program + <usize>j * OPERATION_BYTES, slice, SLICES);
    }
    i = end;
  }
  if (ASC_FEATURE_THREADS && threads > 1) barrier(threads, maySleep);
}

/** As thread 0: starts the others on a program and runs it with them. */
export function lead(program: usize, length: i32, threads: i32, maySleep: bool): void {
  if (ASC_FEATURE_THREADS && threads > 1) {
    atomic.store<i32>(word(SYNC_program), <i32>program);
    atomic.store<i32>(word(SYNC_length), length);
    atomic.store<i32>(word(SYNC_threads), threads);
    atomic.add<i32>(word(SYNC_command), 1);
    atomic.notify(word(SYNC_command), threads);
  }
  run(program, length, 0, threads, maySleep);
}

/** As another thread: runs every program that thread 0 starts after command number `seen`, until one of length 0. */
export function follow(thread: i32, seen: i32): void {
  if (!ASC_FEATURE_THREADS) return;
  while (true) {
    let spins = 0;
    while (atomic.load<i32>(word(SYNC_command)) === seen) {
      if (++spins > SPINS) atomic.wait<i32>(word(SYNC_command), seen, -1);
    }
    seen++;
    const length = atomic.load<i32>(word(SYNC_length));
    if (length === 0) return;
    run(<usize>atomic.load<i32>(word(SYNC_program)), length, thread, atomic.load<i32>(word(SYNC_threads)), true);
  }
}
