/** train.py: a configuration as one file of PyTorch that trains it anywhere, and can follow the page step by step. */
import { dataSource, headSource, parallelSource, loopSource } from '@/formats/pytorch/trainingTemplate';
import { moduleSource } from '@/formats/pytorch/moduleSource';
import { indented, literal } from '@/formats/pytorch/python';
import {
  initialisationLines,
  labelWeights,
  lossLines,
  optimizerSource,
  scheduleLines,
} from '@/formats/pytorch/trainingParts';
import { pageSource } from '@/formats/pytorch/pageSource';
import { metricColumns } from '@/formats/metrics/metricsTable';
import { dataOf, trainingSize } from '@/model/dataSet';
import { dropoutOrdinals } from '@/model/dropoutOrdinals';
import { flattenLayers } from '@/model/layers';
import type { RunConfig } from '@/model/runConfig';
import { readsTests } from '@/model/schedules';

function settings(config: RunConfig): string {
  const { input, clipGradNorm, clipGradValue = null, loss } = config;
  const { augment, resize, normalize } = input;
  const lines: readonly (readonly [string, unknown, string])[] = [
    ['SEED', config.seed, ''],
    ['EPOCHS', config.epochs, ''],
    ['BATCH_SIZE', config.batchSize, 'of all processes together'],
    [
      'TRAINING_IMAGES',
      config.trainingImages,
      `the first of the ${trainingSize(dataOf(config)).toLocaleString('en')}`,
    ],
    ['SHUFFLE', config.shuffle, ''],
    ['DROP_LAST', config.dropLast, ''],
    ['LEARNING_RATE', config.learningRate, ''],
    ['CLIP_NORM', clipGradNorm, ''],
    ['CLIP_VALUE', clipGradValue, ''],
    ['RESIZE', resize, 'height = width, as torchvision resizes tensors; None: 28'],
    ['MEAN', normalize?.mean ?? 0, ''],
    ['STD', normalize?.std ?? 1, ''],
    ['SHIFT', augment?.shift ?? 0, 'augmentation: pixels,'],
    ['ROTATE', augment?.rotate ?? 0, 'degrees,'],
    ['SCALE', augment?.scale ?? 0, 'and relative size, at most'],
    ['LABEL_WEIGHTS', labelWeights(loss), 'what an image of a class counts for in the mean'],
  ];
  return lines
    .map(([name, value, comment]) => `${name} = ${literal(value)}${comment === '' ? '' : `  # ${comment}`}`)
    .join('\n');
}

/** The whole file. link: the address that opens this configuration in the page */
export function trainingSource(config: RunConfig, link: string): string {
  const { network, loss, optimizer, warmupSteps } = config;
  const module = moduleSource(network);
  const layers = flattenLayers(network.layers);
  const draws = initialisationLines(layers, (path) => module.access(path, 'model'));
  const ordinals = dropoutOrdinals(network.layers);
  const dropouts = [...ordinals.keys()];
  const parts = [
    headSource(network.name, link, dataOf(config)),
    [
      settings(config),
      'STEPS_PER_EPOCH = TRAINING_IMAGES // BATCH_SIZE if DROP_LAST else -(-TRAINING_IMAGES // BATCH_SIZE)',
      'TOTAL_STEPS = EPOCHS * STEPS_PER_EPOCH',
      `COLUMNS = ${literal([...metricColumns])}  # of metrics.csv`,
      '# Its dropout layers in the order in which they are passed.',
      `DROPOUTS = ${literal(dropouts)}`,
    ].join('\n'),
    module.source,
    `Net = ${module.className}`,
    [
      'def initialise(model):',
      '    """Draws what PyTorch\'s constructors draw otherwise."""',
      ...indented(draws.length === 0 ? ['pass'] : draws),
    ].join('\n'),
    [
      'def criterion(z, t):',
      '    """The mean loss of logits and labels."""',
      ...indented(lossLines(loss)),
    ].join('\n'),
    ['def make_optimizer(parameters):', `    return ${optimizerSource(optimizer)}`].join('\n'),
    scheduleLines(config).join('\n'),
    dataSource(dataOf(config)),
    pageSource,
    parallelSource,
    loopSource(warmupSteps === 0 ? 'factor' : 'warmed_up', readsTests(config.schedule)),
  ];
  return `${parts.join('\n\n\n')}\n`;
}
