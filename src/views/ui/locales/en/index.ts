/** English, part of the page: the type of every other language, and what stands in where one does not come. */
import { common } from '@/views/ui/locales/en/common';
import { convLab } from '@/views/ui/locales/en/convLab';
import { currentNetwork } from '@/views/ui/locales/en/currentNetwork';
import { doctor } from '@/views/ui/locales/en/doctor';
import { draw } from '@/views/ui/locales/en/draw';
import { errors } from '@/views/ui/locales/en/errors';
import { hyperparameters } from '@/views/ui/locales/en/hyperparameters';
import { licences } from '@/views/ui/locales/en/licences';
import { network } from '@/views/ui/locales/en/network';
import { presets } from '@/views/ui/locales/en/presets';
import { report } from '@/views/ui/locales/en/report';
import { train } from '@/views/ui/locales/en/train';
import { weights } from '@/views/ui/locales/en/weights';

export const texts = {
  common,
  convLab,
  currentNetwork,
  doctor,
  draw,
  errors,
  hyperparameters,
  licences,
  network,
  presets,
  report,
  train,
  weights,
} as const;

export type EnglishTexts = typeof texts;
