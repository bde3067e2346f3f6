/** Names of classes of data sets that many have, as their authors give them: github.com/zalandoresearch/fashion-mnist, codh.rois.ac.jp/kmnist. */
import { mnist, type DataSpec } from '@/model/dataSet';

export const usualIds = ['digits', 'fashion', 'kuzushiji'] as const;
export type UsualId = (typeof usualIds)[number];

export const usualNames: Readonly<Record<UsualId, readonly string[]>> = {
  digits: mnist.classNames,
  fashion: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  kuzushiji: ['お', 'き', 'す', 'つ', 'な', 'は', 'ま', 'や', 'れ', 'を'],
};

const isCalled = { fashion: /fashion/i, kuzushiji: /kuzushiji|k-?mnist/i } as const;

/**
 * Whose class names ten unnamed classes most likely have, by what the folder or the zip is called: FashionMNIST, kmnist.zip. Null where
 * that says nothing, or the files named their classes.
 */
export function likelyNames({ name, classNames }: Pick<DataSpec, 'name' | 'classNames'>): UsualId | null {
  if (classNames.join('\n') !== usualNames.digits.join('\n')) return null;
  return (['fashion', 'kuzushiji'] as const).find((id) => isCalled[id].test(name)) ?? null;
}
