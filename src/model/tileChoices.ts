/** Which tiles the compiled WebGPU engine takes on an adapter, as a short measurement on it chose them. */

export interface TileChoice {
  /** Times what the rule (engine/webgpu/kernels/tuning.ts) gives a lane. */
  readonly rows: 0.5 | 1 | 2;
  readonly columns: 0.5 | 1 | 2;
  /** Whether tiles go through workgroup memory where the rule has it so. */
  readonly stages: boolean;
  /** Whether the lanes of a subgroup hand their loads round where the rule has them load for themselves. */
  readonly shares: boolean;
}

/** For convolutions and Linear layers forward and their input gradients (gather), and for weight gradients (reduce). */
export interface TileChoices {
  readonly gather: TileChoice;
  readonly reduce: TileChoice;
}

const asTheRule: TileChoice = { rows: 1, columns: 1, stages: true, shares: false };
export const ruleChoices: TileChoices = { gather: asTheRule, reduce: asTheRule };

/** What was measured on earlier visits, by adapter. */
export interface TileChoiceStore {
  /** Null where nothing was kept for this adapter. */
  readonly load: (adapter: string) => Promise<TileChoices | null>;
  readonly save: (adapter: string, choices: TileChoices) => Promise<void>;
}
