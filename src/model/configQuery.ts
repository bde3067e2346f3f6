/** A run's settings in a link: only what differs from the defaults, readable, and never trusted when read back. */
import { parseData, withData } from '@/model/dataSet';
import {
  rangeOf,
  type Hyperparameter,
  type HyperparameterKey,
  type HyperparameterValue,
} from '@/model/hyperparameter';
import { applies, customNetwork, hyperparameters } from '@/model/hyperparameters';
import type { NetworkSpec } from '@/model/layers';
import { parseNetworkSpec, sameNetwork } from '@/model/networkSchema';
import { parseNumber } from '@/model/parseNumber';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { findStandardNetwork } from '@/model/standardNetworks';
import { validateValue } from '@/model/validate';

/** The parameter that carries the layers of a network that does not come with the page, as JSON. */
const layersKey = 'layers';
/** The parameter that carries what the run is trained on, as JSON, where that is not MNIST as it comes. */
export const dataQueryKey = 'data';
const defaultNetworkId = 'mynn';

export interface LinkIssue {
  readonly code:
    | 'unknown_key'
    | 'not_a_number'
    | 'not_a_choice'
    | 'clamped'
    | 'not_applicable'
    | 'invalid_network'
    | 'invalid_data'
    /** Of a link as a whole: see session/draftLink.ts. */
    | 'newer_version'
    | 'cut_off'
    | 'damaged';
  readonly key: string;
  readonly value: string;
  /** For `clamped`: what is used instead. */
  readonly used?: number;
  /** For `invalid_network` and `invalid_data`: what is wrong, in English. */
  readonly detail?: string;
}

const settings = hyperparameters.filter((field) => field.key !== 'network');

function customConfig(network: NetworkSpec): RunConfig {
  return { ...defaultConfig(defaultNetworkId), network };
}

/** Writes a value of the right kind; callers have it validated. */
function write(field: Hyperparameter, config: RunConfig, value: HyperparameterValue): RunConfig {
  if (field.kind === 'choice') return field.write(config, String(value));
  if (field.kind === 'boolean') return field.write(config, value === true);
  return field.write(config, Number(value));
}

/** Name and value of each setting that differs from the network's defaults, for `new URLSearchParams(...)`. */
export function configToQuery(config: RunConfig): [string, string][] {
  return toQuery(config, false);
}

/** The same with every setting, so that it is read back the same wherever defaults have changed. */
export function completeQuery(config: RunConfig): [string, string][] {
  return toQuery(config, true);
}

function toQuery(config: RunConfig, isComplete: boolean): [string, string][] {
  const standard = findStandardNetwork(config.network.id);
  const isStandard = standard !== undefined && sameNetwork(standard, config.network);
  const query: [string, string][] = isStandard
    ? [['network', standard.id]]
    : [
        ['network', customNetwork],
        [layersKey, JSON.stringify({ ...config.network, id: customNetwork })],
      ];
  if (config.data !== undefined) query.push([dataQueryKey, JSON.stringify(config.data)]);
  let written = withData(isStandard ? defaultConfig(standard.id) : customConfig(config.network), config.data);
  for (const field of settings) {
    const value = field.read(config);
    if (value === undefined || (!isComplete && value === field.read(written))) continue;
    query.push([field.key, String(value)]);
    written = write(field, written, value);
  }
  return query;
}

function networkOf(params: ReadonlyMap<string, string>, issues: LinkIssue[]): RunConfig {
  const id = params.get('network') ?? defaultNetworkId;
  const layers = params.get(layersKey);
  if (id === customNetwork && layers !== undefined) {
    try {
      return customConfig(parseNetworkSpec(JSON.parse(layers)));
    } catch (error) {
      // Besides NetworkSpecError: JSON.parse's SyntaxError, and an engine's own error for JSON nested too deeply.
      if (!(error instanceof Error)) throw error;
      issues.push({ code: 'invalid_network', key: layersKey, value: layers, detail: error.message });
      return defaultConfig(defaultNetworkId);
    }
  }
  if (layers !== undefined) issues.push({ code: 'not_applicable', key: layersKey, value: layers });
  if (findStandardNetwork(id) !== undefined) return defaultConfig(id);
  issues.push({ code: 'not_a_choice', key: 'network', value: id });
  return defaultConfig(defaultNetworkId);
}

/** Settings on the data that a link names. */
function onData(config: RunConfig, text: string | undefined, issues: LinkIssue[]): RunConfig {
  if (text === undefined) return config;
  try {
    return withData(config, parseData(text));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    issues.push({ code: 'invalid_data', key: dataQueryKey, value: text, detail: error.message });
    return config;
  }
}

type Parsed =
  | { readonly value: HyperparameterValue; readonly issue?: LinkIssue }
  | { readonly issue: LinkIssue };

function parse(field: Hyperparameter, text: string, config: RunConfig): Parsed {
  const issue = (code: LinkIssue['code']): LinkIssue => ({ code, key: field.key, value: text });
  if (field.kind === 'choice') {
    return validateValue(field, text) === null ? { value: text } : { issue: issue('not_a_choice') };
  }
  if (field.kind === 'boolean') {
    return text === 'true' || text === 'false'
      ? { value: text === 'true' }
      : { issue: issue('not_a_choice') };
  }
  const typed = parseNumber(text, field.kind);
  // Infinity would clamp to a value that nobody meant.
  if (!typed.ok || !Number.isFinite(typed.value)) return { issue: issue('not_a_number') };
  const given = typed.value;
  const whole = field.kind === 'integer' ? Math.round(given) : given;
  const value = Math.min(rangeOf(field, config).max, Math.max(field.min, whole));
  return value === given ? { value } : { value, issue: { ...issue('clamped'), used: value } };
}

/**
 * The settings that a link asks for, and what of it could not be used. Never throws: bad values give defaults or the
 * nearest allowed value. Of a repeated name the last one counts. Settings may still contradict each other, see validateConfig.
 */
export function configFromQuery(params: Iterable<readonly [string, string]>): {
  readonly config: RunConfig;
  readonly issues: readonly LinkIssue[];
} {
  const given = new Map(params);
  const issues: LinkIssue[] = [];
  let config = onData(networkOf(given, issues), given.get(dataQueryKey), issues);
  const known = new Set<string>(['network', layersKey, dataQueryKey]);
  // In the table's order, so that a choice stands before the settings that belong to it.
  for (const field of settings) {
    known.add(field.key satisfies HyperparameterKey);
    const text = given.get(field.key);
    if (text === undefined) continue;
    if (!applies(field, config)) {
      issues.push({ code: 'not_applicable', key: field.key, value: text });
      continue;
    }
    const parsed = parse(field, text, config);
    if (parsed.issue !== undefined) issues.push(parsed.issue);
    if ('value' in parsed) config = write(field, config, parsed.value);
  }
  for (const [key, value] of given) if (!known.has(key)) issues.push({ code: 'unknown_key', key, value });
  return { config, issues };
}
