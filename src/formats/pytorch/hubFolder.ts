/** A folder as the Hugging Face hub has models, packed: weights, the class that takes them, its configuration, the model card. */
import { dataOf, isMnist } from '@/model/dataSet';
import { encodeWeights } from '@/formats/checkpoint';
import type { ExportSource } from '@/formats/encoders';
import type { TestClasses } from '@/model/testFigures';
import { modelCard } from '@/formats/pytorch/modelCard';
import { moduleSource } from '@/formats/pytorch/moduleSource';
import { plainText } from '@/formats/pytorch/python';
import { trainingSource } from '@/formats/pytorch/trainingSource';
import { writeZip } from '@/formats/zip';
import { confusionMatrix } from '@/model/classCounts';
import type { RunConfig } from '@/model/runConfig';

/** The arguments of the class's constructor: how it is fed. */
function constructorArguments({ input }: RunConfig): Readonly<Record<string, number>> {
  return {
    image_size: input.resize ?? 28,
    mean: input.normalize?.mean ?? 0,
    std: input.normalize?.std ?? 1,
  };
}

/** model.py. Exported for the tests, which build it from config.json. */
export function modelSource(config: RunConfig, link: string): string {
  const values = constructorArguments(config);
  const { className, source } = moduleSource(config.network, {
    bases: '*bases',
    parameters: Object.entries(values).map(([name, value]) => `${name}=${value}`),
    first: ['self._input = image_size, mean, std'],
  });
  return `"""${plainText(config.network.name)}, a network that reads ${isMnist(dataOf(config)) ? "MNIST's digits" : `images of ${plainText(dataOf(config).name)}`}; trained with Digit Lab, ${plainText(link)}

    model = ${className}.from_pretrained(FOLDER)         # needs huggingface_hub and safetensors
    logits = model(prepare(model, images))
"""
import torch.nn.functional as F
from torch import nn

try:
    from huggingface_hub import PyTorchModelHubMixin

    bases = (nn.Module, PyTorchModelHubMixin)
except ImportError:  # then weights are loaded by load_state_dict
    bases = (nn.Module,)


${source}


def prepare(model, images):
    """Bytes [n, 28, 28], white on black, as the network reads them."""
    size, mean, std = model._input
    x = images.unsqueeze(1).float() / 255
    if size != 28:
        x = F.interpolate(x, size=(size, size), mode="bilinear", align_corners=False)
    return (x - mean) / std
`;
}

/** config.json: what the constructor takes, and the network as Digit Lab has it. */
export function hubConfig(config: RunConfig): string {
  const { className } = moduleSource(config.network);
  const { classNames } = dataOf(config);
  const values = {
    architectures: [className],
    num_classes: 10,
    // As transformers has them; the other outputs stand for nothing.
    id2label: Object.fromEntries(classNames.entries()),
    label2id: Object.fromEntries(classNames.map((name, output) => [name, output])),
    ...constructorArguments(config),
  };
  return `${JSON.stringify({ ...values, network: config.network }, null, 2)}\n`;
}

type HubSource = Pick<ExportSource, 'config' | 'link' | 'run' | 'parameters'> & {
  readonly testPredictions: () => Promise<Pick<TestClasses, 'predictions' | 'labels'>>;
};

/** @throws RangeError when the state is not this network's */
export async function encodeHubFolder(source: HubSource): Promise<Uint8Array<ArrayBuffer>> {
  const { config, link } = source;
  const weights = encodeWeights(config.network, await source.parameters());
  const { predictions, labels } = await source.testPredictions();
  const card = modelCard(source, confusionMatrix(predictions, labels));
  const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);
  const folder = config.network.id;
  return writeZip([
    { name: `${folder}/README.md`, data: text(card), isPacked: true },
    { name: `${folder}/config.json`, data: text(hubConfig(config)), isPacked: true },
    { name: `${folder}/model.py`, data: text(modelSource(config, link)), isPacked: true },
    { name: `${folder}/train.py`, data: text(trainingSource(config, link)), isPacked: true },
    { name: `${folder}/model.safetensors`, data: weights },
  ]);
}
