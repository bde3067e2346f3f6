/** Writes the linter's configuration and the table of the documentation from scripts/importRules.ts: npm run lint:rules. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { importOverrides, importTable, type LintOverride } from './importRules.ts';

const file = (name: string): string => resolve(import.meta.dirname, '..', name);

const isImportRule = ({ rules }: LintOverride): boolean => Array.isArray(rules['no-restricted-imports']);

const lint = JSON.parse(readFileSync(file('.oxlintrc.json'), 'utf8')) as { overrides: LintOverride[] };
lint.overrides = [...importOverrides(), ...lint.overrides.filter((override) => !isImportRule(override))];
writeFileSync(file('.oxlintrc.json'), `${JSON.stringify(lint, null, 2)}\n`);

const table = /(?<=<!-- import rules -->\n\n)\|[^]*?\n(?=\n)/;
const text = readFileSync(file('docs/architecture.md'), 'utf8');
writeFileSync(file('docs/architecture.md'), text.replace(table, `${importTable()}\n`));
