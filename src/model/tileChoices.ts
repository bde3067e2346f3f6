/** Which tiles the compiled WebGPU engine takes on an adapter, as a short measurement on it chose them. */

export interface TileChoice {
  /** Times what the rule (engine/webgpu/kernels/tuning.ts) gives a lane. */
  readonly rows: 0.5 | 1 | 2;
  readonly columns: 0.5 | 1 | 2;
  /** Whether tiles go through workgroup memory where the rule has it so. */
  readonly workgroupTiling: boolean;
  /** Whether the lanes of a subgroup hand their loads round where the rule has them load for themselves. */
  readonly subgroupBroadcast: boolean;
}

/** For convolutions and Linear layers: forward and the gradient of the input, and the gradient of the weights. */
export interface TileChoices {
  readonly fpropDgrad: TileChoice;
  readonly wgrad: TileChoice;
}

const asTheRule: TileChoice = { rows: 1, columns: 1, workgroupTiling: true, subgroupBroadcast: false };
export const ruleChoices: TileChoices = { fpropDgrad: asTheRule, wgrad: asTheRule };

/** What was measured on earlier visits, by adapter. */
export interface TileChoiceStore {
  /** Null where nothing was kept for this adapter. */
  readonly load: (adapter: string) => Promise<TileChoices | null>;
  readonly save: (adapter: string, choices: TileChoices) => Promise<void>;
}
