/** Where train.py finds its images: MNIST by torchvision, a data set of one's own in a folder. */
import { plainText } from '@/formats/pytorch/python';
import { isMnist, trainingSize, type DataSpec } from '@/model/dataSet';

/** For the file's head. */
export const dataFolder = (data: DataSpec): string =>
  isMnist(data) && data.drawings === undefined
    ? "--data names a folder with MNIST's four IDX files, packed or not; without them torchvision fetches them into it."
    : `--data names a folder with the data set's four IDX files: on Digit Lab's page Data, save ${plainText(data.name)} as IDX, and unpack it.`;

/** What happens without the files. */
export function otherwise(data: DataSpec): string {
  if (isMnist(data) && data.drawings === undefined)
    return `        from torchvision.datasets import MNIST

        found = MNIST(folder, train=is_training, download=True)
        images, labels = found.data, found.targets`;
  return '        raise SystemExit(f"{folder} has not the IDX files of the data set: save it in Digit Lab, and unpack it there.")';
}

/** Another data set has other sizes, most often. */
export function sizeCheck(data: DataSpec): string {
  return `    if len(labels) != (${trainingSize(data)} if is_training else ${data.testImages}):
        raise SystemExit(f"{folder} has {len(labels)} {stem} images: it is another data set.")`;
}
