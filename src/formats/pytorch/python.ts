/** Values and names as Python writes them. */

/** `kernelSize` -> `kernel_size` */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
}

export function literal(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null || value === undefined) return 'None';
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return JSON.stringify(value);
}

const keywords = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

/** Whether a name can stand behind a point. */
export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_]\w*$/u.test(name) && !keywords.has(name);
}

/** Classes that the files have beside the network's. */
const taken =
  /^(?:F|Block|Page\w*|SyncBatchNorm|PyTorchModelHubMixin|DistributedSampler|SummaryWriter|None|True|False)$/u;

/** The name of a class for what a person called `name`: `VGG-16` -> `VGG16`. */
export function className(name: string): string {
  const letters = name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]/gu, '')
    .slice(0, 40);
  const capital = letters.charAt(0).toUpperCase() + letters.slice(1);
  return /^[A-Z]/u.test(capital) && !taken.test(capital) ? capital : `Network${capital}`;
}

/** Words from outside for a docstring or a comment: nothing that could end it. */
export function plainText(text: string): string {
  return text.replaceAll(/["\\\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

export function indented(lines: readonly string[], depth = 1): string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(4 * depth) + line));
}
