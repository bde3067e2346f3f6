/** README.md of a model on the Hugging Face hub: its header in YAML, and the model card. */
import type { ExportSource } from '@/formats/encoders';
import { moduleSource } from '@/formats/pytorch/moduleSource';
import { plainText } from '@/formats/pytorch/python';
import { optimizerSource } from '@/formats/pytorch/trainingParts';
import { configToQuery } from '@/model/configQuery';
import { className, dataOf, isMnist, type DataSpec } from '@/model/dataSet';
import { losses } from '@/model/losses';
import { stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import { parameterEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';

type CardSource = Pick<ExportSource, 'config' | 'link' | 'run'>;
type Matrix = readonly (readonly number[])[];

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function rightOf(matrix: Matrix): { readonly right: number; readonly count: number } {
  return {
    right: matrix.reduce((sum, row, digit) => sum + (row[digit] ?? 0), 0),
    count: matrix.flat().reduce((sum, images) => sum + images, 0),
  };
}

/** The hub's header. YAML takes JSON's texts as they are. */
function header(name: string, accuracy: number, data: DataSpec): string {
  const isPublic = isMnist(data) && data.drawings === undefined;
  return `---
library_name: pytorch
pipeline_tag: image-classification
tags:
  - pytorch_model_hub_mixin
  - model_hub_mixin
${isPublic ? '  - mnist\ndatasets:\n  - ylecun/mnist\n' : ''}metrics:
  - accuracy
model-index:
  - name: ${JSON.stringify(plainText(name))}
    results:
      - task:
          type: image-classification
        dataset:
          name: ${isPublic ? 'MNIST' : JSON.stringify(plainText(data.name))}
          type: ${isPublic ? 'ylecun/mnist' : 'own'}
          split: test
        metrics:
          - type: accuracy
            value: ${accuracy}
---`;
}

/** A cell of a table; a bar would end it. */
const cell = (value: string | number): string => plainText(String(value)).replaceAll('|', '\\|');
const row = (cells: readonly (string | number)[]): string => `| ${cells.map(cell).join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function howTrained(config: RunConfig, { run }: CardSource): string {
  const { input, optimizer, loss, schedule } = config;
  const origin = run?.origin.fileName ?? null;
  const begun = origin === null ? `drawn from seed ${config.seed}` : `those of ${origin}`;
  const { augment, normalize, resize } = input;
  const augmented =
    augment === null
      ? 'none'
      : `shift ${augment.shift} px, rotation ${augment.rotate}°, size ±${augment.scale}, at most`;
  return table(
    ['', ''],
    [
      ['steps', `${run?.step ?? 0} (${stepsPerEpoch(config)} an epoch)`],
      ['batch size', config.batchSize],
      ['training images', config.trainingImages],
      ['seed', config.seed],
      ['first weights', begun],
      ['optimizer', optimizerSource(optimizer).replace('LEARNING_RATE', String(config.learningRate))],
      ['loss', losses[loss.kind].pytorch],
      ['schedule', schedule.kind],
      [
        'input',
        `bytes / 255${resize === null ? '' : `, resized to ${resize} × ${resize}`}${normalize === null ? '' : `, (x - ${normalize.mean}) / ${normalize.std}`}`,
      ],
      ['augmentation', augmented],
      [
        'computed by',
        run?.backend == null
          ? 'unknown'
          : `Digit Lab's ${run.backend.engine} engine on ${run.backend.backend}, ${run.backend.device}`,
      ],
      // What the lines above leave out.
      [
        'all settings',
        configToQuery(config)
          .filter(([key]) => key !== 'layers')
          .map(([key, value]) => `${key}=${value}`)
          .join(', '),
      ],
    ],
  );
}

export function modelCard(source: CardSource, matrix: Matrix): string {
  const { config, link, run } = source;
  const { network } = config;
  const { right, count } = rightOf(matrix);
  const accuracy = count === 0 ? 0 : right / count;
  const parameters = parameterEntries(network).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const name = plainText(network.name);
  const { className: module } = moduleSource(network);
  const tests = (run?.tests ?? []).filter(({ extent }) => extent === 'full');
  const data = dataOf(config);
  const digits = data.classNames.map((_, digit) => digit);
  const isDigits = isMnist(data);
  return `${header(network.name, Number(accuracy.toFixed(6)), data)}

# ${name} on ${plainText(data.name)}

A network of ${parameters.toLocaleString('en')} parameters that reads ${isDigits ? 'handwritten digits' : `images of ${data.classNames.map(plainText).join(', ')}`}, trained in a browser with Digit Lab. [Train it again](<${link}>): the link holds the whole configuration.

\`\`\`python
import json
from model import ${module}, prepare

model = ${module}.from_pretrained(".").eval()   # or load_state_dict of model.safetensors
outputs = model(prepare(model, images)).argmax(1)   # images: bytes [n, 28, 28], white on black
names = json.load(open("config.json"))["id2label"]
print([names[str(int(output))] for output in outputs])
\`\`\`

## Results

${right} of ${count} test images are read right: **${percent(accuracy)}**.

${
  tests.length === 0
    ? ''
    : `${table(
        ['step', 'epoch', 'test loss', 'accuracy'],
        tests.map(({ step, epoch, loss, accuracy: share }) => [
          step,
          epoch,
          loss.toPrecision(5),
          percent(share),
        ]),
      )}\n\n`
}Which ${isDigits ? 'digit' : 'class'} (row) was read as which (column):

${table(
  ['', ...digits.map((digit) => className(data, digit))],
  digits.map((digit) => [
    `**${className(data, digit)}**`,
    ...digits.map((column) => matrix[digit]?.[column] ?? 0),
  ]),
)}

## How it was trained

${howTrained(config, source)}

\`python train.py\` trains it with PyTorch; \`python train.py --weights FILE --check\` follows Digit Lab step by step.
${isDigits ? 'MNIST is by Yann LeCun, Corinna Cortes and Christopher J. C. Burges (CC BY-SA 3.0).' : `The data is ${plainText(data.name)}, SHA-256 ${data.sha256}: images of 28 × 28 bytes.`}
`;
}
