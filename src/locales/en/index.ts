/** English, part of the page: the type of every other language, and what stands in where one does not come. */
import { common } from '@/locales/en/common';
import { convLab } from '@/locales/en/convLab';
import { currentNetwork } from '@/locales/en/currentNetwork';
import { data } from '@/locales/en/data';
import { doctor } from '@/locales/en/doctor';
import { draw } from '@/locales/en/draw';
import { errors } from '@/locales/en/errors';
import { hyperparameters } from '@/locales/en/hyperparameters';
import { inspect } from '@/locales/en/inspect';
import { inspectDigits } from '@/locales/en/inspectDigits';
import { inspectEmbedding } from '@/locales/en/inspectEmbedding';
import { inspectLandscape } from '@/locales/en/inspectLandscape';
import { inspectLayers } from '@/locales/en/inspectLayers';
import { inspectMistakes } from '@/locales/en/inspectMistakes';
import { inspectPass } from '@/locales/en/inspectPass';
import { inspectRobustness } from '@/locales/en/inspectRobustness';
import { inspectWhy } from '@/locales/en/inspectWhy';
import { labReport } from '@/locales/en/labReport';
import { licences } from '@/locales/en/licences';
import { network } from '@/locales/en/network';
import { presets } from '@/locales/en/presets';
import { queue } from '@/locales/en/queue';
import { recording } from '@/locales/en/recording';
import { report } from '@/locales/en/report';
import { runs } from '@/locales/en/runs';
import { sweeps } from '@/locales/en/sweeps';
import { train } from '@/locales/en/train';
import { weights } from '@/locales/en/weights';

export const texts = {
  common,
  convLab,
  currentNetwork,
  data,
  doctor,
  draw,
  errors,
  hyperparameters,
  inspect,
  inspectDigits,
  inspectEmbedding,
  inspectLandscape,
  inspectLayers,
  inspectMistakes,
  inspectPass,
  inspectRobustness,
  inspectWhy,
  labReport,
  licences,
  network,
  presets,
  queue,
  recording,
  report,
  runs,
  sweeps,
  train,
  weights,
} as const;

export type EnglishTexts = typeof texts;
